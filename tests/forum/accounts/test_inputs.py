"""Nobody calls themselves what pages say of others."""

import pytest

from forum.accounts.inputs import Profile, clean_own_name
from forum.errors import Invalid
from forum.forms import validate

ELSE = {"job_title": "", "organisation": "", "about": ""}


@pytest.mark.parametrize(
    "name",
    ["Name not known", "Former member", "FORMER MEMBER", "Former  rnember.", "Confer", "A former member", "C0nfer"],
)
def test_a_name_that_misleads_is_refused_beside_its_field(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        validate(Profile, {"name": name, **ELSE})
    assert "where they name nobody" in refused.value.errors["name"]


@pytest.mark.parametrize("name", ["Anna Former", "Conferlete Jones", "Moda Rator", "Noor Body"])
def test_other_names_are_taken(name: str) -> None:
    assert clean_own_name(name) == name
