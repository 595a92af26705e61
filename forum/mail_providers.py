"""Domains at which anybody can have an address: having one says nothing of where somebody works."""

PUBLIC_PROVIDERS = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk"),
        *("msn.com", "outlook.co.uk", "yahoo.com", "yahoo.co.uk", "ymail.com", "rocketmail.com", "aol.com"),
        *("aol.co.uk", "icloud.com", "me.com", "mac.com", "btinternet.com", "btopenworld.com", "sky.com"),
        *("virginmedia.com", "virgin.net", "ntlworld.com", "blueyonder.co.uk", "talktalk.net", "tiscali.co.uk"),
        *("talk21.com", "plusnet.com", "plus.net", "tesco.net", "o2.co.uk", "orange.net", "ee.co.uk"),
        *("protonmail.com", "proton.me", "pm.me", "tutanota.com", "tuta.io", "fastmail.com", "fastmail.fm"),
        *("zoho.com", "gmx.com", "gmx.co.uk", "gmx.net", "gmx.de", "web.de", "mail.com", "email.com", "yandex.com"),
        *("yandex.ru", "mail.ru", "qq.com", "163.com", "hey.com", "duck.com"),
    )
)


def is_public_provider(domain: str) -> bool:
    """Whether anybody can have an address at this domain."""
    return domain in PUBLIC_PROVIDERS
