"""What the page of a deposit shows: how far it has come, what was understood, what is to correct, what will be public."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from parvis.catalog import jobs, known_schemas
from parvis.catalog.actions.deposits import same_as_current
from parvis.catalog.columns import TYPE_LABELS
from parvis.catalog.core.tables.formats import FORMATS
from parvis.catalog.forms import DescriptionForm, ReadingForm, SchemaForm
from parvis.catalog.models import Deposit, Licence
from parvis.catalog.permissions import Deed, can
from parvis.catalog.queries import territory_called
from parvis.organisations.models import Organisation, Role

STEP_WORDS = {
    "fetching": _lazy("Nous allons chercher le fichier à son adresse."),
    "reading": _lazy("Nous reconnaissons l'encodage, les colonnes et la ligne des titres."),
    "profile": _lazy("Nous lisons toutes les lignes pour reconnaître ce que contient chaque colonne."),
    "check": _lazy("Nous contrôlons chaque ligne avec le schéma."),
    "repairs": _lazy("Nous préparons le fichier réparé."),
    "table": _lazy("Nous préparons la table qui sera publiée."),
    "": _lazy("Votre fichier attend son tour."),
}
SKIPPED_WORDS = {
    "preamble": _lazy("titre ou note au-dessus du tableau"),
    "header": _lazy("ligne des titres"),
    "repeated-header": _lazy("ligne de titres répétée"),
    "blank": _lazy("ligne vide"),
    "total": _lazy("ligne de total"),
    "note": _lazy("note sous le tableau"),
}
WARNING_WORDS = {
    "mixed-encoding": _lazy("Des accents de deux sortes sont mélangés dans ce fichier : vérifiez quelques noms accentués."),
    "ragged-rows": _lazy(
        "Certaines lignes ont plus ou moins de cellules que la ligne des titres : rien n'est retiré, mais regardez-les."
    ),
    "other-sheets": _lazy("Le classeur a d'autres feuilles : seule celle qui contient le tableau est publiée."),
    "nul-bytes": _lazy("Le fichier contient des caractères invisibles (octets nuls)."),
}
DELIMITER_WORDS = {";": _lazy("point-virgule"), ",": _lazy("virgule"), "\t": _lazy("tabulation"), "|": _lazy("barre verticale")}


def page_of(deposit: Deposit, *, reading: ReadingForm | None = None) -> dict[str, Any]:
    """The context of `catalog/deposit.html`: what was understood, and the control."""
    working = deposit.state in jobs.WORKING
    options = deposit.options | {"header_row": deposit.options.get("header_row")}
    ready = deposit.state == Deposit.State.READY
    return {
        "deposit": deposit,
        "working": working,
        "ready": ready,
        "failed": deposit.state == Deposit.State.FAILED,
        "over": deposit.state in {Deposit.State.PUBLISHED, Deposit.State.ABANDONED},
        "steps": steps(deposit, CONTROL if ready else None),
        "words": STEP_WORDS.get(deposit.step, STEP_WORDS[""]),
        "reading": understood(deposit.reading) if deposit.reading and not working else None,
        "columns": columns(deposit) if deposit.profile and not working else [],
        "preview": (deposit.profile or {}).get("preview", []) if not working else [],
        "proposal": proposal(deposit),
        "schema_title": known_schemas.title_of(deposit.schema) if deposit.schema else "",
        "total_errors": total_errors(deposit),
        "reading_form": reading or ReadingForm(initial=options),
        "schema_form": SchemaForm(initial={"schema": deposit.schema}),
        "personal": personal(deposit),
    }


def description_of(deposit: Deposit, form: DescriptionForm | None = None) -> dict[str, Any]:
    """The context of `catalog/deposit_describe.html`."""
    initial = guess(deposit) | {name: value for name, value in deposit.form.items() if value not in ("", None, [])}
    return {
        "deposit": deposit,
        "steps": steps(deposit, DESCRIPTION),
        "form": form or DescriptionForm(initial=initial, organisation=deposit.organisation),
    }


def publication_of(deposit: Deposit, user: object) -> dict[str, Any]:
    """The context of `catalog/deposit_publish.html`: what will be public, and what is to be checked first."""
    form = guess(deposit) | deposit.form
    licences: dict[str, Any] = dict(Licence.choices)
    place = territory_called(form.get("territory") or "") or deposit.organisation.territory
    return {
        "deposit": deposit,
        "steps": steps(deposit, PUBLICATION),
        "form": form,
        "licence": licences.get(form.get("licence") or Licence.LO2),
        "territory": place,
        "schema_title": known_schemas.title_of(deposit.schema) if deposit.schema else "",
        "total_errors": total_errors(deposit),
        "personal": personal(deposit),
        "must_confirm": any(one["level"] == "strong" for one in deposit.personal),
        "same": same_as_current(deposit),
        "may_publish": can(user, Deed.PUBLISH, deposit.organisation),
        "publishers": [] if can(user, Deed.PUBLISH, deposit.organisation) else publishers(deposit.organisation),
    }


def publishers(organisation: Organisation) -> list[str]:
    """Who may publish for an organisation, by name."""
    roles = [Role.EDITOR, Role.ADMINISTRATOR]
    found = organisation.memberships.filter(role__in=roles, user__is_active=True).select_related("user")[:5]
    return [member.user.get_full_name() for member in found]


def total_errors(deposit: Deposit) -> int:
    return sum((deposit.verdict or {}).get("counts", {}).values())


FILE, READING, CONTROL, DESCRIPTION, PUBLICATION, OVER = range(6)
REACHED = {
    Deposit.State.FETCHING: FILE,
    Deposit.State.WAITING: READING,
    Deposit.State.READING: READING,
    Deposit.State.FAILED: READING,
    Deposit.State.READY: CONTROL,
    Deposit.State.PUBLISHED: OVER,
    Deposit.State.ABANDONED: READING,
}


def steps(deposit: Deposit, at: int | None = None) -> list[dict[str, Any]]:
    """The stepper: what is done, where one is, and the way there once the file is read."""
    if at is None:
        checking = deposit.state == Deposit.State.READING and deposit.step in {"check", "repairs", "table"}
        at = CONTROL if checking else REACHED[Deposit.State(deposit.state)]
    names = (_("Fichier"), _("Lecture"), _("Contrôle"), _("Description"), _("Publication"))
    page = deposit.get_absolute_url()
    ways = ["", page + "#lecture", page + "#controle", reverse("catalog:deposit_describe", args=[deposit.pk])]
    ways.append(reverse("catalog:deposit_publish", args=[deposit.pk]))
    ready = deposit.state == Deposit.State.READY
    return [
        {"name": name, "done": index < at, "current": index == at, "url": ways[index] if ready and index != at else ""}
        for index, name in enumerate(names)
    ]


def understood(reading: dict[str, Any]) -> dict[str, Any]:
    skipped = [
        one | {"words": SKIPPED_WORDS.get(one["reason"], one["reason"])}
        for one in reading.get("skipped", [])
        if one["reason"] != "header"
    ]
    return reading | {
        "set_aside": skipped[:20],
        "set_aside_count": max(
            0, reading.get("skipped_count", 0) - sum(one["reason"] == "header" for one in reading.get("skipped", []))
        ),
        "delimiter_words": DELIMITER_WORDS.get(reading.get("delimiter") or "", ""),
        "warning_words": [WARNING_WORDS[code] for code in reading.get("warnings", []) if code in WARNING_WORDS],
    }


def columns(deposit: Deposit) -> list[dict[str, Any]]:
    return [
        {
            "name": column["name"] or _("(sans nom)"),
            "type": FORMATS[column["format"]].label
            if column.get("format") in FORMATS
            else TYPE_LABELS.get(column["type"], column["type"]),
            "empty": column["empty"],
            "examples": column["examples"][:3],
            "misfits": column.get("misfits", 0),
            "almost": TYPE_LABELS.get(column.get("almost") or "", ""),
        }
        for column in (deposit.profile or {}).get("columns", [])
    ]


def proposal(deposit: Deposit) -> dict[str, Any] | None:
    """The schema that fits best, unless it is the one in use."""
    best = deposit.proposals[0] if deposit.proposals else None
    return best if best and best["schema"] != deposit.schema and best["score"] >= 0.4 else None


def personal(deposit: Deposit) -> list[dict[str, Any]]:
    names = (deposit.reading or {}).get("names", [])
    return [one | {"name": names[one["column"]] if one["column"] < len(names) else ""} for one in deposit.personal]


def guess(deposit: Deposit) -> dict[str, Any]:
    """First words for the description: the name of the file, without its ending."""
    stem = deposit.name.rsplit(".", 1)[0].replace("_", " ").replace("-", " ").strip()
    return {"title": stem[:1].upper() + stem[1:], "source": deposit.organisation.name}


def read_description(request: HttpRequest, deposit: Deposit) -> tuple[DescriptionForm, dict[str, Any]]:
    """(the form, what was typed): even a half-filled form is kept."""
    form = DescriptionForm(request.POST, organisation=deposit.organisation)
    form.is_valid()
    kept = deposit.form | form.typed()
    if "keywords" in form.cleaned_data:
        kept["keywords"] = form.cleaned_data["keywords"]
    return form, kept
