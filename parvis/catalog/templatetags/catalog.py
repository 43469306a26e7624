"""How the catalogue writes cells, verdicts and addresses."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format, get_format, number_format
from django.utils.html import format_html, format_html_join, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.catalog.columns import Column
from parvis.catalog.models import Dataset, Licence, Version
from parvis.catalog.queries import errors_of
from parvis.catalog.retold import retold
from parvis.catalog.rows import Row, Sort
from parvis.shared.templatetags.parvis import NARROW, number

register = template.Library()

CLIPPED = 90
LICENCES = {
    Licence.LO2.value: "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    Licence.ODBL.value: "https://opendatacommons.org/licenses/odbl/1-0/",
}
SENTENCE = re.compile(r"(.{20,}?[.!?…])(?=\s+[A-ZÀ-Ý0-9«])", re.DOTALL)
LEAD = 260


# ----- Texts -----


@register.filter
def first_sentence(text: str) -> str:
    """What stands under a title: the first sentence of a description, or its beginning."""
    start = " ".join(text.strip().partition("\n\n")[0].split())
    found = SENTENCE.match(start)
    sentence = found[1] if found else start
    return sentence if len(sentence) <= LEAD else sentence[:LEAD].rsplit(" ", 1)[0] + "…"


@register.filter("retold")
def in_the_language_of_the_reader(text: str) -> str:
    """What was kept in French (verdicts, reasons of a refusal)."""
    return retold(text)


@register.filter
def has_more(text: str) -> bool:
    """Whether a description says more than its first sentence."""
    return " ".join(text.split()) != first_sentence(text)


@register.filter
def split(words: str) -> list[str]:
    return words.split()


@register.filter
def kind_label(kind: str) -> str:
    return {"parquet": "Parquet"}.get(kind, kind.upper())


@register.filter
def licence_url(dataset: Dataset) -> str:
    return LICENCES.get(dataset.licence, "")


@register.filter
def schema_name(schema: str) -> str:
    """`scdl/deliberations` → "deliberations"; `https://…/schema-irve.json` → "schema-irve"."""
    last = schema.rstrip("/").rsplit("/", 1)[-1]
    return last.removesuffix(".json") if last not in {"schema.json", "latest"} else schema.rstrip("/").rsplit("/", 2)[-2]


# ----- Cells -----


@register.simple_tag
def cells(row: Row, columns: list[Column]) -> SafeString:
    """The cells of a row. One call a row, since a template loop over thousands of cells is felt."""
    return format_html_join(
        "",
        "<td{}>{}</td>",
        (
            (mark_safe(' class="n"') if column.numeric else "", cell(value, column))
            for value, column in zip(row.cells, columns, strict=True)
        ),
    )


@register.simple_tag
def cell(value: Any, column: Column, whole: bool = False) -> str:
    """A value as people read it, in the type of its column; a long text is clipped unless `whole`."""
    if value is None or value == "":
        return format_html('<span class="meta" title="{}">–</span>', _("vide"))
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, datetime):
        return date_format(value, "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, (int, float, Decimal)):
        return figure(value, grouped=column.grouped)
    text = str(value)
    if column.format == "code-commune" and (address := _commune(text)):
        return format_html('<a href="{}">{}</a>', address, text)
    if whole:
        return mark_safe(urlize(text, nofollow=True, autoescape=True))  # noqa: S308 -- urlize escapes
    if len(text) > CLIPPED:
        return format_html('<span title="{}">{}…</span>', text[:1000], text[:CLIPPED].rstrip())
    return text


def figure(value: float | Decimal, grouped: bool = True) -> str:
    """A number in full: as many decimals as it has (twelve significant digits when it was computed)."""
    if isinstance(value, float):
        if value != value or value in {float("inf"), float("-inf")}:
            return str(value)
        value = Decimal(repr(value)) if abs(value) < 1e15 and len(repr(value)) < 15 else Decimal(f"{value:.12g}")
    if isinstance(value, Decimal):
        value = Decimal(int(value)) if value == value.to_integral_value() and value.adjusted() < 30 else value.normalize()
        if not -12 < value.adjusted() < 30:
            return str(value).replace(".", ",")
    if grouped:
        return number_format(value, use_l10n=True, force_grouping=True).replace("\xa0", NARROW)
    return format(value, "f").replace(".", str(get_format("DECIMAL_SEPARATOR")))


def _commune(code: str) -> str:
    if not re.fullmatch(r"\d[\dAB]\d{3}", code):
        return ""
    try:
        return reverse("territories:page", args=["commune", code])
    except NoReverseMatch:
        return ""


# ----- Verdicts and versions -----


@register.simple_tag
def verdict_tag(version: Version) -> SafeString:
    """ "✓ contrôlé : 0 erreur", linked to the report; the count is left out where the verdict was not loaded."""
    if version.withdrawn:
        return format_html('<span class="tag ko">{}</span>', _("version retirée"))
    if version.valid is None:
        return format_html('<span class="tag">{}</span>', _("sans schéma, non contrôlé"))
    if version.valid:
        style, text = "ok", _("✓ contrôlé : 0 erreur")
    else:
        count = None if "verdict" in version.get_deferred_fields() else errors_of(version)
        text = (
            _("✗ contrôlé : des erreurs")
            if count is None
            else "✗ " + ngettext("{n} erreur", "{n} erreurs", count).format(n=number(count))
        )
        style = "ko"
    resource = version.resource
    address = reverse("catalog:version_verdict", args=[resource.dataset.slug, resource.pk, version.number])
    return format_html('<a class="tag {}" href="{}">{}</a>', style, address, text)


@register.simple_tag
def verdict_tags(dataset: Dataset) -> SafeString:
    """What a list says of a dataset in a few tags: invented, checked, with errors."""
    verdicts = [resource.current.valid for resource in dataset.resources.all() if resource.current]
    tags = []
    if dataset.invented:
        tags.append(("tag invented", _("inventé pour la démonstration")))
    if False in verdicts:
        tags.append(("tag ko", _("✗ des erreurs à corriger")))
    elif True in verdicts:
        tags.append(("tag ok", _("✓ contrôlé")))
    return (
        format_html('<ul class="tags">{}</ul>', format_html_join("", '<li class="{}">{}</li>', tags))
        if tags
        else SafeString("")
    )


@register.simple_tag
def summary_line(dataset: Dataset) -> str:
    """ "4 485 lignes · mis à jour le 3 avril 2018"."""
    current = [resource.current for resource in dataset.resources.all() if resource.current and not resource.current.withdrawn]
    if not current:
        return _("pas encore de fichier")
    rows = sum(version.rows for version in current)
    latest = max(version.created for version in current)
    parts = [ngettext("{n} ligne", "{n} lignes", rows).format(n=number(rows))]
    if len(current) > 1:
        parts.insert(0, ngettext("{n} table", "{n} tables", len(current)).format(n=len(current)))
    parts.append(_("mis à jour le {date}").format(date=date_format(latest, "DATE_FORMAT")))
    return " · ".join(parts)


# ----- Addresses -----


def _names(version: Version) -> tuple[str, str]:
    return version.resource.dataset.slug, version.resource.pk


@register.simple_tag
def version_url(version: Version, kind: str = "") -> str:
    """The page of a version, or its file as `kind`."""
    if kind:
        return reverse("catalog:version_download", args=[*_names(version), version.number, kind])
    return reverse("catalog:version", args=[*_names(version), version.number])


@register.simple_tag
def compare_url(version: Version, versions: list[Version]) -> str:
    """What changed since the version before, among those of the list that still have their bytes; nothing for the first."""
    older = [
        one.number
        for one in versions
        if one.resource_id == version.resource_id and one.number < version.number and not one.withdrawn
    ]
    return reverse("catalog:comparison", args=[*_names(version), max(older), version.number]) if older else ""


def _pinned(version: Version) -> str:
    return "" if version.resource.current_id == version.pk else f"?version={version.number}"


@register.simple_tag
def column_url(version: Version, column: Column) -> str:
    return reverse("catalog:column", args=[*_names(version), column.position]) + _pinned(version)


@register.simple_tag
def row_url(version: Version, row: int) -> str:
    return reverse("catalog:row", args=[*_names(version), row]) + _pinned(version)


@register.simple_tag(takes_context=True)
def sort_url(context: Context, name: str, sort: Sort | None) -> str:
    """The same page sorted on a column: first up, then down, then as in the file."""
    parameters = context["request"].GET.copy()
    for parameter in ("page", "tri", "sens"):
        parameters.pop(parameter, None)
    if sort is None or sort.column != name:
        parameters["tri"] = name
    elif not sort.descending:
        parameters["tri"], parameters["sens"] = name, "desc"
    return "?" + parameters.urlencode() + "#lignes"


@register.simple_tag
def filter_url(version: Version, column: Column, operator: str, value: Any = "") -> str:
    """The rows where `column` answers to `operator`."""
    page = reverse("catalog:resource", args=_names(version)) if not _pinned(version) else version_url(version)
    text = "" if value is None else ("oui" if value else "non") if isinstance(value, bool) else str(value)
    return page + "?" + urlencode({"c": column.name, "o": operator, "v": text}) + "#lignes"
