"""The report of a consolidation, in words: what came in, what stayed out, why, and what to do about it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parvis.catalog.core.consolidation.selection import Reason
from parvis.catalog.models import Consolidation, ConsolidationPart
from parvis.shared.templatetags.parvis import number

REASONS = {
    "": gettext_lazy("rassemblés"),
    Reason.INVALID.value: gettext_lazy("des erreurs à corriger"),
    Reason.NOT_CHECKED.value: gettext_lazy("jamais contrôlés"),
    Reason.EMPTY.value: gettext_lazy("aucune ligne"),
    Reason.DUPLICATE.value: gettext_lazy("déjà rassemblés ailleurs"),
    Reason.INVENTED.value: gettext_lazy("inventés pour la démonstration"),
    Reason.ELSEWHERE.value: gettext_lazy("hors de la région"),
    Reason.UNREADABLE.value: gettext_lazy("illisibles"),
}
KEPT = "rassembles"
HEADER = (
    "organisation",
    "siren",
    "jeu",
    "adresse",
    "version",
    "lignes",
    "rassemble",
    "motif",
    "explication",
    "colonnes_en_plus",
)


def parts(found: Consolidation, wanted: str = "") -> QuerySet[ConsolidationPart]:
    """wanted: `rassembles`, a reason, or everything: what stays out first, since it is what can be helped."""
    rows = found.parts.all()
    if wanted == KEPT:
        return rows.filter(reason="")
    if wanted in REASONS:
        return rows.filter(reason=wanted) if wanted else rows.order_by("-reason", "position")
    return rows.none()


def choices(found: Consolidation) -> list[tuple[str, str, int]]:
    """(value, words, how many), those that have any."""
    counts = dict(found.parts.order_by().values_list("reason").annotate(n=Count("pk")))
    return [(reason or KEPT, str(words), counts[reason]) for reason, words in REASONS.items() if counts.get(reason)]


def explanation(part: ConsolidationPart) -> str:
    """Why it stayed out and what to do, in a sentence; for what came in, what of it did not."""
    if part.reason == Reason.INVALID:
        if part.errors:
            return ngettext(
                "Le contrôle a trouvé {n} erreur. Le fichier entrera une fois corrigé.",
                "Le contrôle a trouvé {n} erreurs. Le fichier entrera une fois corrigé.",
                part.errors,
            ).format(n=number(part.errors))
        return _("Le contrôle a trouvé des erreurs. Le fichier entrera une fois corrigé.")
    if part.reason == Reason.DUPLICATE:
        return _("C'est le même fichier, au caractère près, que celui de {name} : il n'entre qu'une fois.").format(
            name=part.detail
        )
    if part.reason == Reason.UNREADABLE:
        return part.detail or _("Ce fichier ne peut plus être lu.")
    if part.reason:
        return str(EXPLAINED[part.reason])
    if part.extra:
        return ngettext(
            "Une colonne que le schéma ne connaît pas est restée de côté : {names}.",
            "{n} colonnes que le schéma ne connaît pas sont restées de côté : {names}.",
            len(part.extra),
        ).format(n=len(part.extra), names=", ".join(part.extra[:6]) + ("…" if len(part.extra) > 6 else ""))
    return ""


EXPLAINED = {
    Reason.NOT_CHECKED.value: gettext_lazy(
        "Personne n'a encore contrôlé ce fichier : déposez-le de nouveau en choisissant ce schéma."
    ),
    Reason.EMPTY.value: gettext_lazy("Ce fichier ne contient aucune ligne."),
    Reason.INVENTED.value: gettext_lazy("Ce fichier est inventé pour la démonstration : il ne se mêle pas aux vrais."),
    Reason.ELSEWHERE.value: gettext_lazy("Son organisation n'est pas une collectivité de la région."),
}


def line(part: ConsolidationPart) -> tuple[Any, ...]:
    return (
        part.organisation, part.siren, part.title, part.address, part.number, part.rows, not part.reason,
        part.reason, explanation(part), " | ".join(part.extra),
    )  # fmt: skip
