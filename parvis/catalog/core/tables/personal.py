"""Columns that probably hold data on identifiable people, with the reasons. A help for a person who decides, not a verdict.

Written after the CNIL's guide on opening data (names, dates of birth, contact details, NIR) and the rule that a contact
address of an organisation is public (code des relations entre le public et l'administration, L312-1-2).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from parvis.catalog.core.speech import stored

from .types import plain_label

Level = Literal["strong", "possible"]
_NAME = re.compile(
    r"(^|_)(prenoms?|nom_(de_)?(usage|famille|naissance|jeune_fille|marital|patronymique)|patronyme|first_?name|last_?name|nom_prenom|nom_et_prenom|surname)(_|$)"
)
_PERSON_NAME = re.compile(
    r"^(nom|noms)$|^nom_(de_l_)?(du_)?(agent|elu|elue|candidat|responsable|president|maire|contact|directeur|directrice|referent|gerant|proprietaire|titulaire)"
)
_CIVILITY = re.compile(r"(^|_)(civilite|sexe|genre)(_|$)")
_BIRTH = re.compile(r"naissance|birth|(^|_)ne_le(_|$)|(^|_)dob(_|$)")
_BIRTH_PLACE = re.compile(r"(lieu|commune|ville|pays|departement|nom)_(de_)?naissance")
_ADDRESS = re.compile(r"(^|_)(adresse|address|rue|voie|domicile)(_|$)")
_HOME = re.compile(r"domicile|adresse_(personnelle|perso|postale_de_l_usager)")
_SENSITIVE = re.compile(
    r"(^|_)(religion|syndicat|handicap|sante|maladie|nationalite|origine|opinion|orientation_sexuelle|casier)(_|$)"
)
_TITLE = re.compile(r"(M\.|Mr|Mme|Mlle|Monsieur|Madame|Mademoiselle|Dr|Me)\s+[A-ZÀ-Ý]")
_MOBILE = re.compile(r"(\+33|0033|0)\s*\(?0?\)?\s*[67]")
_EMAIL_INSIDE = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_ORGANISATION = re.compile(
    r"(contact|accueil|mairie|info|infos|information|secretariat|direction|communication|administration|bonjour|hello|courrier|"
    r"commune|ville|cc|dpo|rgpd|presse|support|service|services|bureau|association|asso|urbanisme|culture|sport|tourisme|opendata|"
    r"data|compta|comptabilite|rh|standard|mediatheque|bibliotheque|ccas|epn|maison|etatcivil|siege|cabinet|dgs|technique|president"
    r")([._-].*|\d*)?@",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a column: label, format found, some of its values."""

    label: str
    format: str | None
    type: str
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Personal:
    """`column` is an index; `kind` is name, birth-date, email, phone, address, nir, iban or sensitive; `reason` is in French."""

    column: int
    kind: str
    level: Level
    reason: str


def likely_personal(columns: Sequence[Evidence]) -> tuple[Personal, ...]:
    """At most one finding a column, in order; looks at the columns together (a date of birth beside names is stronger)."""
    labels = [plain_label(column.label) for column in columns]
    people = any(_NAME.search(label) for label in labels) or any(
        _share(column.texts, _TITLE) > 0.5 for column in columns if column.type == "string"
    )
    found = (_of(i, column, label, people) for i, (column, label) in enumerate(zip(columns, labels, strict=True)))
    return tuple(finding for finding in found if finding is not None)


def _share(texts: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(1 for text in texts if pattern.match(text.strip())) / len(texts) if texts else 0.0


def _of(index: int, column: Evidence, label: str, people: bool) -> Personal | None:
    def finding(kind: str, level: Level, reason: str) -> Personal:
        return Personal(index, kind, level, reason)

    if column.format == "nir":
        return finding(
            "nir", "strong", stored("Les valeurs sont des numéros de sécurité sociale : ils ne doivent jamais être publiés.")
        )
    if column.format == "iban":
        return finding("iban", "strong", stored("Les valeurs sont des comptes bancaires (IBAN)."))
    if column.format == "email":
        return _email(index, column)
    if column.format == "phone":
        if _share(column.texts, _MOBILE) > 0.5 or people:
            return finding(
                "phone",
                "strong",
                stored("Les valeurs sont des téléphones portables, ou des téléphones à côté de noms de personnes."),
            )
        return finding("phone", "possible", stored("Les valeurs sont des téléphones : vérifiez que ce sont ceux d'organismes."))
    return _by_label(index, column, label, people)


def _by_label(index: int, column: Evidence, label: str, people: bool) -> Personal | None:
    if not column.texts:
        return None
    if _BIRTH.search(label) and not _BIRTH_PLACE.search(label) and "nom" not in label.split("_"):
        level: Level = "strong" if people or column.type in ("date", "datetime") else "possible"
        return Personal(index, "birth-date", level, stored("Le titre annonce une date ou une année de naissance."))
    if _NAME.search(label):
        return Personal(index, "name", "strong", stored("Le titre annonce le nom ou le prénom d'une personne."))
    if _PERSON_NAME.search(label):
        level = "strong" if people or label.startswith("nom_") else "possible"
        return Personal(index, "name", level, stored("Le titre peut annoncer le nom d'une personne."))
    if column.type == "string" and _share(column.texts, _TITLE) > 0.5:
        return Personal(
            index,
            "name",
            "strong",
            stored("Les valeurs commencent par M., Mme ou un autre titre : ce sont des noms de personnes."),
        )
    if _HOME.search(label) or (people and _ADDRESS.search(label)):
        return Personal(
            index, "address", "strong", stored("Le titre annonce une adresse, dans un tableau qui nomme des personnes.")
        )
    if people and (_BIRTH_PLACE.search(label) or _CIVILITY.search(label)):
        return Personal(
            index, "sensitive", "possible", stored("Ce renseignement porte sur les personnes nommées dans le tableau.")
        )
    if people and _SENSITIVE.search(label):
        return Personal(
            index, "sensitive", "strong", stored("Ce renseignement est sensible et le tableau nomme des personnes.")
        )
    inside = sum(1 for text in column.texts if _EMAIL_INSIDE.search(text) and not _ORGANISATION.search(text))
    if column.type == "string" and inside >= max(1, 0.05 * len(column.texts)):
        return Personal(index, "email", "possible", stored("Des adresses électroniques apparaissent dans le texte."))
    return None


def _email(index: int, column: Evidence) -> Personal:
    if _share(column.texts, _ORGANISATION) >= 0.5:
        reason = stored(
            "La plupart des adresses électroniques sont celles d'organismes (accueil@, mairie@…) : vérifiez les autres."
        )
        return Personal(index, "email", "possible", reason)
    return Personal(index, "email", "strong", stored("Les valeurs sont des adresses électroniques qui semblent nominatives."))
