"""What somebody holds in a network, and who may take it over, as pages show and ask it.

Shared ground, because access ends on several pages: on leaving, on removal, and in an access review.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from forum.errors import Invalid
from forum.holdings import Held
from forum.membership import Current
from forum.records import Network, Person
from forum.rendering import spell

NOBODY = ("", "Nobody: it ends")
NO_HEIR = "Choose somebody who is a member of this network now."
NOT_AN_ADMINISTRATOR = "Choose one of the administrators of this network."


@dataclass(frozen=True, slots=True)
class HeldLine:
    """One line of what somebody holds, where it is looked after, and what becomes of it without an heir."""

    words: str
    path: str
    end: str
    can_pass: bool
    """Whether somebody else can have it."""


def held_lines(network: Network, held: Sequence[Held]) -> list[HeldLine]:
    """What is held, each kind in a line."""
    return [
        HeldLine(
            spell(each.count, each.holding.one, each.holding.many),
            f"/networks/{network.slug}{each.holding.page}",
            each.holding.end,
            each.holding.passed is not None,
        )
        for each in held
    ]


def heir_options(people: Sequence[Person], viewer_id: str) -> list[tuple[str, str]]:
    """Those who may take over, as options of a form: the viewer first, as "You"."""
    others = [(person.id, _named(person)) for person in people if person.id != viewer_id]
    return [(viewer_id, "You") for person in people if person.id == viewer_id] + others


def _named(person: Person) -> str:
    return f"{person.name}, {person.organisation}" if person.organisation else person.name


def check_heir(current: Current, heir: Current | None) -> None:
    """Raises Invalid unless the heir is another administrator."""
    if heir is None or heir.status != "active" or heir.account_id == current.account_id:
        raise Invalid({"heir": NO_HEIR})
    if heir.role != "administrator":
        raise Invalid({"heir": NOT_AN_ADMINISTRATOR})
