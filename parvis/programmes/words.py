"""Words of programmes, for the glossary of the site."""

from django.utils.translation import gettext_lazy as _

from parvis.shared.glossary import explain


def install() -> None:
    explain(
        "measure",
        _("mesure"),
        _("Une proposition d'un programme : un passage, ou plusieurs qui disent la même chose, énoncés en une phrase."),
    )
    explain(
        "grid",
        _("grille"),
        _("La liste des questions que l'on pose à chaque mesure, avec les réponses possibles, connue avant de lire."),
    )
    explain(
        "coding", _("codage"), _("Répondre aux questions de la grille pour une mesure. Deux personnes le font sans se voir.")
    )
    explain(
        "adjudication", _("arbitrage"), _("Décider, avec une raison publiée, là où deux évaluateurs ont répondu différemment.")
    )
    explain(
        "alpha",
        _("alpha de Krippendorff"),
        _("Un nombre qui dit si des évaluateurs s'accordent plus que le hasard : 1 toujours d'accord, 0 comme au hasard."),
    )
    explain("ac1", _("AC1 de Gwet"), _("Une autre mesure d'accord, qui reste juste quand presque tout reçoit la même réponse."))
    explain(
        "interval",
        _("intervalle à 95 %"),
        _("La fourchette où le nombre se trouverait presque toujours si l'on avait lu d'autres mesures semblables."),
    )
    explain(
        "pooled",
        _("part toutes mesures confondues"),
        _("Toutes les mesures numériques divisées par toutes les mesures. Un long programme y pèse plus."),
    )
    explain(
        "mean-of-shares",
        _("moyenne des parts"),
        _("La part de chaque liste, puis la moyenne de ces parts. Chaque liste y compte une fois."),
    )
    explain(
        "seed",
        _("graine"),
        _(
            "Un mot ou un nombre dont part un tirage au sort. Avec lui, tout le monde peut refaire le tirage et trouver la même chose."
        ),
    )
    explain("sha256", _("SHA-256"), _("L'empreinte d'un fichier : si un seul signe du fichier change, l'empreinte change."))
    explain(
        "reference-programme",
        _("programme de référence"),
        _("Un programme qui n'est pas celui de candidats, lu à côté pour comparer. Il ne compte dans aucun total."),
    )
