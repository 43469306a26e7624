"""Charts as pages and API speak of them: who may see one, what it says, where its picture and its data are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.catalog import chart_maps, chart_values, places, rows
from parvis.catalog.core import speech
from parvis.catalog.core.charts import french, suggest, words
from parvis.catalog.core.charts.choice import Choice, Mistake, from_dict, parse
from parvis.catalog.core.charts.fields import Field
from parvis.catalog.core.charts.shapes import MAPS, SHAPES, Shape
from parvis.catalog.core.charts.specification import height
from parvis.catalog.core.charts.table import Table, tabulated
from parvis.catalog.core.charts.theme import SIZES
from parvis.catalog.drawing.pictures import Look
from parvis.catalog.models import Chart, Dataset, Embedding, Version
from parvis.organisations.models import Role
from parvis.organisations.queries import may

DRAWN: dict[str, Shape] = dict(SHAPES)
"""The shapes that this site draws."""
MAP_SIZE = (720, 620)
SCHEMES = {"clair": "light", "sombre": "dark"}
SIZE_NAMES = {"large": "wide", "etroit": "narrow", "vignette": "small"}


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that a page says of a chart, but its title."""

    choice: Choice
    finding: str
    alternative: str
    notes: tuple[str, ...]
    filtered: str
    table: Table
    drawn: bool
    sizes: dict[str, tuple[int, int]]


def seen(version: Version, choice: Choice) -> Seen:
    """Count, and say. Raises `rows.QuestionError` and `rows.OverloadError`."""
    operators = {name: str(operator.label) for name, operator in rows.OPERATORS.items()}
    if choice.shape in MAPS:
        return _map(version, choice, operators)
    values = chart_values.read(version, choice)
    return Seen(
        choice=choice,
        finding=words.finding(values),
        alternative=words.described(values),
        notes=words.notes(values),
        filtered=words.filtered(choice, chart_values.fields_of(version), operators),
        table=tabulated(values),
        drawn=bool(values.marks),
        sizes={name: (SIZES[size][0], height(values, size)) for name, size in SIZE_NAMES.items()},
    )


def findings(version: Version, choice: Choice) -> dict[str, str]:
    """What the chart shows, in each language of the site. Raises `rows.QuestionError` and `rows.OverloadError`."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = seen(version, choice).finding
    return found


def _map(version: Version, choice: Choice, operators: dict[str, str]) -> Seen:
    drawn, finding, table, aside = chart_maps.told(version, choice)
    notes = [drawn.method, drawn.note]
    if aside:
        left = ngettext(
            "{n} ligne sans territoire ou sans valeur n'est pas sur la carte.",
            "{n} lignes sans territoire ou sans valeur ne sont pas sur la carte.",
            aside,
        )
        notes.append(left.format(n=french.number(aside)))
    if drawn.missing:
        lacking = ngettext(
            "Sans valeur : {n} territoire, hachuré.", "Sans valeur : {n} territoires, hachurés.", len(drawn.missing)
        )
        notes.append(lacking.format(n=french.number(len(drawn.missing))))
    return Seen(
        choice=choice,
        finding=finding,
        alternative=drawn.alternative,
        notes=tuple(note for note in notes if note),
        filtered=words.filtered(choice, chart_values.fields_of(version), operators),
        table=table,
        drawn=True,
        sizes=dict.fromkeys(SIZE_NAMES, MAP_SIZE),
    )


def asked(version: Version, given: Any) -> tuple[Choice | None, tuple[Mistake, ...], tuple[Field, ...]]:
    """The choice that an address (a QueryDict) writes, its mistakes, and the columns that could be chosen."""
    fields = chart_values.fields_of(version)
    choice, mistakes = parse({name: given.getlist(name) for name in given}, fields, DRAWN)
    return choice, mistakes, fields


@dataclass(frozen=True, slots=True)
class Proposed:
    choice: Choice
    title: str
    reason: str
    pictures: dict[str, str]


def proposals(version: Version) -> list[Proposed]:
    """Good first charts, each with its reason and the address of its small picture."""
    territories = dict(places.places_of(version).territories)
    found = suggest.proposals(chart_values.fields_of(version), DRAWN, territories)
    return [Proposed(one.choice, one.title, one.reason, pictures_of(version, one.choice)) for one in found]


# ----- Kept charts -----


def get_chart_for(user: object, chart_id: str) -> Chart:
    """The chart with its version and its dataset, or 404: that of a draft exists for its organisation alone."""
    chart = (
        Chart.objects.select_related("version", "resource__dataset__organisation", "resource__current")
        .filter(pk=chart_id.replace("\x00", "\ufffd"))
        .first()
    )
    if chart is None:
        raise Http404
    dataset = chart.resource.dataset
    if dataset.published is None and not may(user, dataset.organisation, Role.AGENT):
        raise Http404
    chart.version.resource = chart.resource
    return chart


def charts_of(dataset: Dataset) -> QuerySet[Chart]:
    """Charts kept of the tables of `dataset`, newest first; those whose data were withdrawn say nothing any more."""
    return Chart.objects.filter(resource__dataset=dataset, version__withdrawn=None).select_related("resource", "version")


def choice_of(chart: Chart) -> Choice:
    return from_dict(chart.choice)


def newer(chart: Chart) -> Version | None:
    """The version that came after the data of the chart."""
    current = chart.resource.current
    return current if current and not current.withdrawn and current.number > chart.version.number else None


def origin(version: Version) -> str:
    """Source, date, version and licence, in a line."""
    dataset = version.resource.dataset
    return _("Source : {organisation}, « {title} », version {number} du {date}, {licence}").format(
        organisation=dataset.organisation.name,
        title=dataset.title,
        number=version.number,
        date=date_format(version.created, "DATE_FORMAT"),
        licence=dataset.get_licence_display(),
    )


def taken_away(chart: Chart, scheme: str = "light") -> Look:
    """The picture with its title and its origin inside, for those who paste it elsewhere."""
    return Look(scheme, "wide", chart.said, origin(chart.version))


def citation(chart: Chart) -> dict[str, str]:
    address = settings.SITE_URL + chart.get_absolute_url()
    text = f"{chart.said}. {origin(chart.version)}. {address}"
    label = chart.said.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"text": text, "markdown": f"[{label}]({address})", "reference": chart.reference}


def iframe(chart: Chart) -> str:
    """The code to paste in another site. A title is the only text of people in it, escaped."""
    address = settings.SITE_URL + reverse("catalog:chart_embed", args=[chart.pk])
    code = format_html(
        '<iframe src="{}" title="{}" width="100%" height="560" loading="lazy" style="border:0"></iframe>', address, chart.said
    )
    return "".join(code)  # no longer marked as safe: the page that shows the code escapes it


def embedding_of(dataset: Dataset) -> str:
    found = Embedding.objects.filter(dataset=dataset).values_list("sites", flat=True).first()
    return Embedding.EVERYBODY if found is None else found


def frame_ancestors(dataset: Dataset) -> str:
    """What the policy of an embedded page says. A draft is shown nowhere else."""
    sites = embedding_of(dataset) if dataset.published else ""
    return {"*": "*", "": "'none'"}.get(sites, f"'self' {sites}")


def pictures_of(version: Version, choice: Choice) -> dict[str, str]:
    """The addresses of the pictures of a choice, by look: `clair_large`, `sombre_etroit`…"""
    dataset, resource = version.resource.dataset, version.resource
    base = reverse("catalog:chart_preview", args=[dataset.slug, resource.pk, version.number])
    return {look.replace("-", "_"): f"{base}?{choice.query}&vue={look}{spoken('&')}" for look in looks()}


def kept_pictures(chart: Chart) -> dict[str, str]:
    return {look.replace("-", "_"): reverse("catalog:chart_picture", args=[chart.pk, look]) + spoken("?") for look in looks()}


def spoken(before: str) -> str:
    """What the address of a picture says of its language: one address, one picture, whoever asks. Nothing for French."""
    return "" if speech.language() == speech.FRENCH else f"{before}langue={speech.language()}"


def looks() -> Iterable[str]:
    return [f"{scheme}-{size}" for scheme in SCHEMES for size in SIZE_NAMES]


def look_called(name: str) -> Look | None:
    scheme, _dash, size = name.partition("-")
    return Look(SCHEMES[scheme], SIZE_NAMES[size]) if scheme in SCHEMES and size in SIZE_NAMES else None
