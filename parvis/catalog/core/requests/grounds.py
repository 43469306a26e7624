"""The grounds that the law knows for refusing: a refusal chooses one of them, with its article (CRPA, read on 23 November 2026)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ground:
    """address: an address must be given (where the document is public). partial: the law asks to give the rest of the document
    without what is protected (L311-7) before refusing all of it."""

    name: str
    article: str
    address: bool = False
    partial: bool = False


GROUNDS: dict[str, Ground] = {
    ground.name: ground
    for ground in (
        Ground("not_held", "CRPA L311-2"),
        Ground("not_existing", "CRPA L300-2, L311-1"),
        Ground("unfinished", "CRPA L311-2"),
        Ground("preparatory", "CRPA L311-2"),
        Ground("already_public", "CRPA L311-2", address=True),
        Ground("privacy", "CRPA L311-6", partial=True),
        Ground("business_secrecy", "CRPA L311-6", partial=True),
        Ground("security", "CRPA L311-5", partial=True),
        Ground("other_secret", "CRPA L311-5", partial=True),
        Ground("intellectual_property", "CRPA L311-4"),
        Ground("abusive", "CRPA L311-2"),
    )
}
