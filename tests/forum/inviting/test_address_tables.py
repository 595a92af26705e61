"""Of a table whose columns are not all read, it is said which were not."""

from forum.inviting.address_tables import columns_left_out
from tests.forum.inviting.test_sending_pages import look
from tests.forum.threads.village import Village

ROLES = "First name,Surname,Email address,Email address 2,Role\nAnna,Ek,anna@x.example,a@y.example,administrator\n"


def test_columns_of_which_nothing_is_read() -> None:
    assert columns_left_out(ROLES) == ["Email address 2", "Role"]
    assert columns_left_out("Name;E-mail;Organisation\nAnna Ek;anna@x.example;Millrace Surgery") == []
    assert columns_left_out("Name\tE-mail\tTeam\t\nAnna\tanna@x.example\tFeet\t") == ["Team"]
    assert columns_left_out("Anna Ek <anna@x.example>, bo@y.example") == []
    assert columns_left_out("anna@x.example,Anna Ek,7\nbo@y.example,Bo Lund,8") == []
    assert columns_left_out("") == []


async def test_the_preview_names_them(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    page = await look(village.browser(amara), place, ROLES.replace("Role", "Role <b>"))
    assert "These columns were not: “Email address 2”, “Role <b>”." in page
    assert "not: “" not in await look(village.browser(amara), place, "Anna Ek <anna@x.example>")
