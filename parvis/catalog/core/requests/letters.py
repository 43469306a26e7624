"""The two letters: to the authority, and to the CADA. Plain French text, since a French authority reads them whatever the language of
the page; each line is one that a person may correct before sending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from parvis.catalog.core.requests.clocks import Clocks, Reply

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def in_words(day: date) -> str:
    """`1er mars 2026`."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True)
class Asked:
    """A request, as its letters quote it. name: what its author gives to the authority, never public; address: of its page."""

    authority: str
    title: str
    text: str
    period: str = ""
    form: str = ""
    name: str = ""
    address: str = ""


def request_letter(asked: Asked, answer_by: date | None = None) -> str:
    """What the authority receives."""
    lines = [
        "Madame, Monsieur,",
        "",
        "En application du livre III du code des relations entre le public et l'administration (CRPA), je vous demande de me communiquer "
        "les données suivantes, et de les mettre en ligne :",
        "",
        asked.title,
        "",
        asked.text.strip(),
    ]
    if asked.period:
        lines += ["", f"Période : {asked.period}."]
    if asked.form:
        lines += ["", f"Forme souhaitée : {asked.form}."]
    lines += [
        "",
        "Si ces données existent sous forme électronique, leur envoi est gratuit (article L311-9). Si une partie ne peut pas être communiquée, "
        "je vous demande de l'occulter et de donner le reste (article L311-7).",
        "",
        (
            f"Votre réponse est attendue le {in_words(answer_by)} au plus tard"
            if answer_by
            else "Votre réponse est attendue sous un mois"
        )
        + " : passé ce délai, le silence vaut refus (articles R*311-12 et R311-13), et la commission d'accès aux documents administratifs (CADA) "
        "peut être saisie. Si vous ne détenez pas ces données, la loi demande de transmettre cette demande à qui les détient et de m'en avertir "
        "(article L311-2).",
        "",
        asked.name or "Une personne qui utilise ce site",
    ]
    return "\n".join(lines)


def cada_letter(asked: Asked, clocks: Clocks, *, today: date, reply: Reply | None, reason: str = "", ground: str = "") -> str:
    """The referral to the CADA, with what its article R343-1 asks for. Raises ValueError when nothing was refused."""
    if clocks.received is None or clocks.refused is None:
        raise ValueError("nothing was refused")
    refusal = (
        f"Par une réponse du {in_words(clocks.refused)}, elle a refusé{f' ({ground})' if ground else ''}."
        if reply is Reply.REFUSAL and not clocks.silent
        else f"Elle n'a pas communiqué ces données dans le mois qui a suivi. Un refus est donc né de son silence le {in_words(clocks.refused)} "
        "(articles R*311-12 et R311-13 du CRPA)."
    )
    lines = [
        "[Vos nom et prénoms]",
        "[Votre adresse complète]",
        "",
        "Commission d'accès aux documents administratifs (CADA)",
        "TSA 50730",
        "75334 Paris Cedex 07",
        "",
        in_words(today),
        "",
        "Objet : demande d'avis (article R343-1 du code des relations entre le public et l'administration)",
        "",
        "Madame, Monsieur,",
        "",
        f"Le {in_words(clocks.received)}, {asked.authority} a reçu une demande de communication de données : « {asked.title} ».",
        "",
        refusal,
        "",
        "Je vous demande votre avis sur ce refus, en application de l'article L342-1 du CRPA.",
        "",
        "Ce qui était demandé :",
        "",
        asked.text.strip(),
    ]
    if asked.period:
        lines += ["", f"Période : {asked.period}."]
    if reason and reply is not None:
        lines += ["", "Ce que l'administration a répondu :", "", reason.strip()]
    if asked.address:
        lines += ["", f"La demande et les dates sont publiques : {asked.address}"]
    lines += [
        "",
        "Pièce jointe : copie de " + ("la décision de refus." if reply is Reply.REFUSAL else "la demande restée sans réponse."),
        "",
        "[Votre signature]",
    ]
    return "\n".join(lines)
