"""Who may see a network, each kind in one plain line, as forms and pages say it."""

ACCESS_CHOICES: tuple[tuple[str, str, str], ...] = (
    ("open", "Open", "Anyone can read what is written here, also without an account. People join by one press."),
    ("closed", "Closed", "Anyone can find it and ask to join. Only members read what is written here."),
    ("unlisted", "Unlisted", "It stands in no list. Whoever has its address sees its name and can ask to join."),
    (
        "secret",
        "Secret",
        "Only its members and the administrators of this site know that it exists, and only members read it. "
        "People join when they are invited.",
    ),
)


def access_words(access: str) -> str:
    """What this kind of access means, in one line."""
    return next(words for key, _, words in ACCESS_CHOICES if key == access)
