"""Is an address that of a public body? A domain shared by everybody proves nothing, whatever a form says."""

from __future__ import annotations

from collections.abc import Iterable

# Providers where anybody gets an address, and parents that many bodies share (an exact match would mean nothing).
SHARED = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.fr",
        "hotmail.com",
        "hotmail.fr",
        "live.com",
        "live.fr",
        "msn.com",
        "yahoo.com",
        "yahoo.fr",
        "ymail.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "gmx.com",
        "gmx.fr",
        "gmx.net",
        "mail.com",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "tutanota.com",
        "tuta.io",
        "zoho.com",
        "yandex.com",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "sfr.fr",
        "neuf.fr",
        "cegetel.net",
        "club-internet.fr",
        "numericable.fr",
        "noos.fr",
        "bbox.fr",
        "laposte.net",
        "aliceadsl.fr",
        "alice.fr",
        "tiscali.fr",
        "voila.fr",
        "nordnet.fr",
        "ovh.fr",
        "mailo.com",
        "netcourrier.com",
        "fr",
        "gouv.fr",
        "asso.fr",
        "com.fr",
        "eu",
        "com",
        "org",
        "net",
    ]
)


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].strip().lower().rstrip(".")


def is_official(addresses: Iterable[str], email_domain: str) -> bool:
    """True when one of these verified addresses is at exactly `email_domain`. A sub-domain is another domain."""
    wanted = email_domain.strip().lower().lstrip("@").rstrip(".")
    return bool(wanted) and wanted not in SHARED and any(domain_of(address) == wanted for address in addresses)
