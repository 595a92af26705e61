"""Who does what with what a network has found to work, with one card at hand."""

from dataclasses import dataclass

from forum.cards import Card, CardUse
from forum.policy.decision import YES, Decision, when
from forum.policy.endings import may_add_to
from forum.policy.glass import may_leave_traces
from forum.policy.threads import may_start_thread
from forum.policy.waiting import is_held
from forum.records import Network
from forum.standing import Place
from forum.viewer import Viewer

HELD_CARDS = (
    "What you write here waits for a moderator first. You can make cards once a moderator has approved your first "
    "posts."
)
KEPT_CARD = (
    "This card was made while the network was closed. It stays with those who were members then, and nobody changes "
    "it any more. Make a new one to go on."
)
REMOVED_CARD = "This card was removed. It has to be restored first."
_OWNER = "Only who looks after this card and moderators may do this."


def may_make_card(viewer: Viewer, network_id: str) -> Decision:
    """Members make cards, unless what they write waits for a moderator first."""
    decision = may_start_thread(viewer, network_id)
    return decision if not decision else when(not is_held(viewer, network_id), HELD_CARDS)


def looks_after_card(viewer: Viewer, card: Card) -> bool:
    """Whether the viewer is who looks after it."""
    return bool(viewer.id) and card.owner is not None and card.owner.id == viewer.id


def may_change_card(viewer: Viewer, card: Card) -> Decision:
    """Who looks after it changes it, and moderators do."""
    decision = _may_add(viewer, card)
    if not decision:
        return decision
    is_theirs = looks_after_card(viewer, card) or viewer.has_role(card.network_id, "moderator")
    return when(is_theirs, _OWNER)


def _may_add(viewer: Viewer, card: Card) -> Decision:
    if not (decision := may_make_card(viewer, card.network_id)):
        return decision
    if card.is_kept:
        return Decision(False, KEPT_CARD)
    return when(card.removed_at is None, REMOVED_CARD)


def may_confirm_card(viewer: Viewer, card: Card) -> Decision:
    """Who looks after it says that it is still right; where nobody does, a moderator."""
    decision = may_change_card(viewer, card)
    if not decision:
        return decision
    return when(
        looks_after_card(viewer, card) or card.owner is None, "Only who looks after this card says that it is right."
    )


def may_remove_card(viewer: Viewer, card: Card) -> Decision:
    """Who looks after it takes it away, and moderators do, also where nobody writes any more."""
    if card.removed_at is not None:
        return Decision(False, "This card was removed already.")
    return _by_owner(viewer, card)


def may_restore_card(viewer: Viewer, card: Card) -> Decision:
    """The same people bring it back; what a moderator removed, a moderator."""
    if card.removed_at is None:
        return Decision(False, "This card was not removed.")
    decision = _by_owner(viewer, card)
    if not decision or viewer.has_role(card.network_id, "moderator"):
        return decision
    by = card.removed_by
    return when(by is not None and by.id == viewer.id, "A moderator removed this card, and a moderator restores it.")


def _by_owner(viewer: Viewer, card: Card) -> Decision:
    own = looks_after_card(viewer, card) and viewer.role_in(card.network_id) is not None
    return when(own or viewer.has_role(card.network_id, "moderator"), _OWNER)


@dataclass(frozen=True, slots=True)
class CardStanding:
    """What it depends on whether a card may be reported."""

    network_id: str
    owner_id: str | None
    author_id: str
    is_removed: bool


def may_report_card(viewer: Viewer, card: CardStanding) -> Decision:
    """Whoever reads a card may report it, with or without an account; but not one's own."""
    if viewer.id and viewer.id == (card.owner_id or card.author_id):
        return Decision(False, "This card is yours. You can change or remove it yourself.")
    if not (decision := may_leave_traces(viewer, card.network_id)):
        return decision
    return when(not card.is_removed, "This card was removed. There is nothing left here to report.")


def may_look_at_card(viewer: Viewer, card: Card) -> Decision:
    """Moderators say that everybody may read a card whose source was hidden as data about somebody."""
    if not viewer.has_role(card.network_id, "moderator"):
        return Decision(False, "Only moderators and administrators may do this.")
    return when(card.is_narrowed, "Everybody here can read this card already.")


def may_hide_wordings(viewer: Viewer, card: Card) -> Decision:
    """Moderators keep to themselves what a card said before, such as what named somebody."""
    return when(viewer.has_role(card.network_id, "moderator"), "Only moderators and administrators may do this.")


def may_see_wording(viewer: Viewer, card: Card, number: int) -> bool:
    """Earlier wordings are for whoever reads the card, but for those before its source was hidden as data."""
    return number >= card.shown_from or viewer.has_role(card.network_id, "moderator")


# -- "We use this too" -----------------------------------------------------------------------------


def may_use_card(viewer: Viewer, card: Card) -> Decision:
    """Members say for themselves that they use it; who looks after it need not."""
    decision = _may_add(viewer, card)
    return decision if not decision else when(not looks_after_card(viewer, card), "You look after this card yourself.")


def may_use_for(viewer: Viewer, card: Card, network: Network, place: Place) -> Decision:
    """Administrators say it for their network, of a card that everybody may read; `network` is the card's."""
    if place.network_id == card.network_id:
        return Decision(False, "The card is this network’s own.")
    if place.status != "active" or place.role != "administrator":
        return Decision(False, "Only an administrator says this for a network.")
    if place.ending:
        return Decision(False, "That network is read only.")
    if not (decision := may_add_to(network)):
        return decision
    if viewer.role_in(network.id) is not None and not (decision := may_make_card(viewer, network.id)):
        return decision
    is_public = network.access == "open" and not (card.is_kept or card.is_narrowed or card.removed_at is not None)
    return when(is_public, "Another network can say this only of a card that everybody may read.")


def may_end_use(viewer: Viewer, card: Card, use: CardUse) -> Decision:
    """Who said it takes it back; for a network each of its administrators; and moderators, where the card is."""
    if viewer.has_role(card.network_id, "moderator"):
        return YES
    if use.network_id is not None:
        return when(
            viewer.has_role(use.network_id, "administrator"), "Only an administrator of that network does this."
        )
    return when(bool(viewer.id) and use.by.id == viewer.id, "Only who said this and moderators take it back.")
