"""Canaries: the words of the hidden networks, and who may meet them where."""

from tests.privacy.world import HIDDEN, World

TOLD = ("refused", "removed", "banned")
"""Who was given a reason."""


def canaries(world: World) -> dict[str, tuple[str, str]]:
    """Each word that is looked for, with the access of its network and what it stands in."""
    return {word: (place.access, kind) for place in hidden_places(world) for kind, word in place.words.items()}


def hidden_places(world: World) -> list:  # type: ignore[type-arg]
    """The hidden networks; the one that was open before is a secret one now."""
    return [*(world.places[access] for access in HIDDEN), world.turned]


def may_meet(visitor: str, access: str, kind: str, address: str) -> bool:
    """Whether somebody outside may find such a word of a network of this access at the address.

    Names and purposes of closed networks are for all, the name of an unlisted one for whoever has its address or
    asked to join it; what one wrote or was told oneself is one's own.
    """
    if access == "closed" and kind in ("name", "purpose"):
        return True
    if access == "unlisted" and kind == "name":
        return "/networks/" in address or visitor in ("requested", *TOLD, "left")
    if kind == "asked":
        return visitor == "requested"
    if kind == "reason":
        return visitor in TOLD
    return visitor == "removed" and kind == "content" and address == "/settings/data/file"
