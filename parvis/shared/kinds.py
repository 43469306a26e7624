"""The registry of kinds: how rooms meet without knowing one another.

A room declares in its `kinds.py` each kind of thing that others may meet; references, search, territory pages, follow,
moderation, notifications and equity figures read this registry, and one template tag draws any card.

    register(Kind(name="dataset", label=_("jeu de données"), plural=_("jeux de données"), domain=Domain.DATA, resolve=queries.cards))
    cards(["dataset:budget-2025", "chart:k3v9@3"], user)

Importable without settings: only `autodiscover` touches Django.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


_NAME = re.compile(r"[a-z][a-z_]{0,29}")
_REFERENCE = re.compile(r"([a-z][a-z_]{0,29}):([A-Za-z0-9][A-Za-z0-9._~-]{0,199})(?:@([1-9][0-9]{0,8}))?")


class Domain(StrEnum):
    """The room that a kind belongs to, for people: it gives the hue (`hue-data`…)."""

    DATA = "data"
    DEBATE = "debate"
    COMMON = "common"
    ECOSYSTEM = "ecosystem"
    TERRITORY = "territory"
    PROGRAMME = "programme"


@dataclass(frozen=True, order=True)
class Reference:
    """`dataset:budget-2025`, `chart:k3v9@3` (cited with its version), `commune:31555`. Raises ValueError when malformed."""

    kind: str
    key: str
    version: int | None = None

    def __post_init__(self) -> None:
        match = _REFERENCE.fullmatch(str(self))
        if not match or match[2] != self.key:
            raise ValueError(f"« {str(self)[:80]} » n’est pas une référence.")

    @classmethod
    def parse(cls, text: str) -> Reference:
        """The reference that a text writes, to the letter. Raises ValueError; whether its kind exists is the registry's to say."""
        match = _REFERENCE.fullmatch(text)
        if not match:
            raise ValueError(f"« {text[:80]} » n’est pas une référence.")
        return cls(match[1], match[2], int(match[3]) if match[3] else None)

    @property
    def address(self) -> str:
        """What `Kind.resolve` receives: the key, and the version where there is one (`k3v9@3`)."""
        return self.key if self.version is None else f"{self.key}@{self.version}"

    def __str__(self) -> str:
        return f"{self.kind}:{self.address}"


@dataclass(frozen=True)
class Card:
    """What anybody may show of a thing that belongs to another room. `url` and `thumbnail` are addresses of this site;
    `thumbnail_dark` the same picture for a dark screen.

    kind: name of its kind, "" where nobody knows it. state: "gone" for what is missing and for what this person may not see,
    which must not be told apart.
    """

    title: str
    url: str
    kind: str
    line: str = ""
    thumbnail: str | None = None
    thumbnail_dark: str | None = None
    state: Literal["here", "gone"] = "here"
    badges: tuple[str, ...] = ()

    @classmethod
    def gone(cls, kind: str) -> Card:
        return cls(title="", url="", kind=kind, state="gone")


@dataclass(frozen=True)
class SearchDocument:
    """What search keeps of a thing that everybody may see.

    territories: references of those that it is about (`commune:31555`). holder: who made or published it. details: names of its
    parts (tables, columns). facets: values by name of facet (see `Kind.facets`). popularity: how many times people used it, where
    that is known. published: what sorting by date goes by, `updated` without it. removed: the thing left public view; only
    `reference` and `updated` count.
    """

    reference: str
    title: str
    updated: datetime
    text: str = ""
    keywords: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    language: str = "fr"
    removed: bool = False
    holder: str = ""
    details: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    popularity: float = 0.0
    published: datetime | None = None


def _no_territory(_keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {}


def no_documents(_since: datetime | None) -> Iterable[SearchDocument]:
    """What a kind gives that is not searched."""
    return ()


@dataclass(frozen=True)
class Listing:
    """What a kind has about a territory or an organisation: some cards, how many there are, and the page that lists them all."""

    cards: tuple[Card, ...] = ()
    total: int = 0
    url: str = ""


def _no_listing(_reference: str, _user: Any, _limit: int) -> Listing:
    return Listing()


def _no_counts() -> Mapping[str, int]:
    return {}


@dataclass(frozen=True)
class Written:
    """What moderation must know of a thing: its title, what was written, who wrote it (primary key of a person, None when it is an
    organisation's or its author left), whether it waits to be read before its first publication, and whether it is hidden."""

    title: str
    text: str
    author: Any = None
    waiting: bool = False
    hidden: bool = False


def _nobody_else(_key: str, _user: Any) -> bool:
    return False


@dataclass(frozen=True)
class Moderable:
    """How moderation reaches a kind, which keeps its own rows.

    read: address → what was written, or None when it is gone. decide: address, and the sentence that hides it (shown in its place,
    with the date), or None: it is shown, and published if it waited for that. Called inside the transaction of the decision.
    judges: address and a person → whether they may decide though they do not moderate the site (the team of a process)."""

    read: Callable[[str], Written | None]
    decide: Callable[[str, str | None], None]
    judges: Callable[[str, Any], bool] = _nobody_else


@dataclass(frozen=True)
class Floor:
    """What a discussion must know of a thing, for one person.

    publisher: who answers for it. speaks: this person may answer in its name. closed: the sentence that says why nobody may write now,
    "" when whoever is signed in may."""

    publisher: str
    speaks: bool = False
    closed: str = ""


def _not_discussed(_key: str, _user: Any) -> Floor | None:
    return None


def _as_it_is(reference: str) -> str:
    return reference


@dataclass(frozen=True)
class Kind:
    """One kind of thing that other rooms may meet.

    name: the prefix of its references. resolve: addresses (see `Reference.address`) and a person, anonymous or None included,
    → card by address, in a fixed number of queries; what is missing or not visible to that person is absent.
    territory: addresses → references of the territories that each concerns. search_documents: what changed since a moment
    (None: everything). count_by_territory_class: how many, by class of the divide grid, for the equity figures.
    about: the reference of a territory or of an organisation, a person, at most how many cards → what concerns it, in a fixed
    number of queries; their pages show it. facets: names of those that its search documents carry. moderable: how moderation
    hides it and shows it again; without it, a report can only be answered. floor: address and a person → how it is discussed, None
    when it is not, or not seen by that person. page: name of the address of its page, whose arguments joined by a point (by an arobase when it has versions) are the address.
    pin: a reference without version → the one that cites the thing as it is today.
    """

    name: str
    label: str | _StrPromise
    plural: str | _StrPromise
    domain: Domain
    resolve: Callable[[Sequence[str], Any], Mapping[str, Card]]
    icon: str = ""
    territory: Callable[[Sequence[str]], Mapping[str, Sequence[str]]] = _no_territory
    search_documents: Callable[[datetime | None], Iterable[SearchDocument]] = no_documents
    count_by_territory_class: Callable[[], Mapping[str, int]] = _no_counts
    about: Callable[[str, Any, int], Listing] = _no_listing
    followable: bool = False
    reportable: bool = False
    citable: bool = True
    exportable: bool = False
    versioned: bool = False
    facets: tuple[str, ...] = ()
    moderable: Moderable | None = None
    floor: Callable[[str, Any], Floor | None] = _not_discussed
    page: str = ""
    pin: Callable[[str], str] = _as_it_is

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} cannot be the prefix of a reference")


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Raises ValueError when another already bears its name."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"two kinds are named {kind.name!r}")
    return kind


def get(name: str) -> Kind:
    """The kind of that name. Raises KeyError."""
    return _kinds[name]


def all_kinds() -> tuple[Kind, ...]:
    """Every kind, by name."""
    return tuple(_kinds[name] for name in sorted(_kinds))


def cards(references: Iterable[Reference | str], user: Any) -> list[Card]:
    """One card for each reference, in their order, with one call of `resolve` for each kind.

    Nothing raises: what is malformed, of no known kind, missing or not visible to `user` gives a "gone" card.
    """
    wanted = [_read(reference) for reference in references]
    addresses: dict[str, dict[str, None]] = {}
    for reference in wanted:
        if reference and _accepts(reference):
            addresses.setdefault(reference.kind, {})[reference.address] = None
    found = {name: _kinds[name].resolve(list(keys), user) for name, keys in addresses.items()}
    return [_card(reference, found) for reference in wanted]


def about(reference: str, user: Any, limit: int = 6) -> list[tuple[Kind, Listing]]:
    """What every kind has about a territory or an organisation, by name of kind; those that have nothing are left out."""
    found = [(kind, kind.about(reference, user, limit)) for kind in all_kinds()]
    return [(kind, listing) for kind, listing in found if listing.total]


def autodiscover() -> None:
    """Import the `kinds` module of each installed application that has one. Call it once, from an `AppConfig.ready`."""
    from django.utils.module_loading import autodiscover_modules

    autodiscover_modules("kinds")


def _read(reference: Reference | str) -> Reference | None:
    if isinstance(reference, Reference):
        return reference
    try:
        return Reference.parse(reference)
    except (ValueError, TypeError):
        return None


def _accepts(reference: Reference) -> bool:
    kind = _kinds.get(reference.kind)
    return kind is not None and (kind.versioned or reference.version is None)


def _card(reference: Reference | None, found: Mapping[str, Mapping[str, Card]]) -> Card:
    if reference is None:
        return Card.gone("")
    card = found.get(reference.kind, {}).get(reference.address)
    return card or Card.gone(reference.kind if reference.kind in _kinds else "")
