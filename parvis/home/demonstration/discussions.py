"""What invented people say of true data and of an invented process: a question and its answer, one that waits, a remark that cites a chart."""

from __future__ import annotations

from collections.abc import Callable

from parvis.accounts.models import User
from parvis.catalog import public as catalog
from parvis.debates import public as debates
from parvis.discussions import public as discussions
from parvis.home.demonstration import accounts, fibre
from parvis.home.demonstration.debates import RURAL

Say = Callable[[str], None]


def publish(say: Say) -> None:
    """Nothing is said where nothing is published."""
    inhabitant, officer, agent, reader = (
        User.objects.get(email=f"{name}@demo.invalid") for name in ("habitante", "donnees", "agent", "evaluateur")
    )
    region = accounts.authority("region", accounts.REGION)
    chart = catalog.chart_of(region, titled=fibre.TITLE)
    dataset = catalog.dataset_of(region, titled=fibre.TITLE)
    if dataset:
        say(f"  {fibre.TITLE}")
        asked = told(
            dataset,
            "Comment savez-vous qu'une commune est rurale ? La mienne a changé deux fois de définition.",
            inhabitant,
            kind="question",
        )
        told(
            dataset, "C'est une colonne du fichier de l'Arcep, reprise telle quelle : la page du jeu dit sa source et sa date. D'autres définitions donneraient d'autres communes.",
            officer, parent=asked, official=True,
        )  # fmt: skip
        discussions.mark_useful(asked, by=reader)
        told(dataset, "Existe-t-il le même tableau par intercommunalité ?", agent, kind="question")
    process = debates.process_called(RURAL)
    if process and debates.is_discussed(process):
        say(f"  {RURAL}")
        head = told(
            process, "Chez moi la fibre passe dans la rue depuis un an, mais le raccordement coûte trop cher : le chemin fait trois cents mètres. La carte dit « raccordable », mes voisins disent autre chose.",
            inhabitant, references=[chart.reference] if chart else [],
        )  # fmt: skip
        reply = told(
            process,
            "Même chose dans mon hameau. Il faudrait compter les raccordements faits, pas seulement possibles.",
            reader,
            parent=head,
        )
        told(
            process,
            "C'est noté pour le plan : nous demanderons aux opérateurs les raccordements échoués.",
            officer,
            parent=reply,
            official=True,
        )
        for person in (agent, reader):
            discussions.mark_useful(head, by=person)
        told(process, "Qui paiera l'accompagnement dans les mairies après la fin des aides ?", agent, kind="question")


def told(subject: str, text: str, by: User, **fields: object) -> discussions.Message:
    """Once: the text is the key of its form."""
    return discussions.write(subject, text, by=by, invented=True, form_key=discussions.key_of(subject, text), **fields)  # type: ignore[arg-type]
