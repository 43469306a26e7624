"""What the page of an authority says: each rule, where it stands, what is published, and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.catalog import known_schemas
from parvis.catalog.core.obligations.rules import ANY_DATASET, Answer, Facts, Kind, Rule, scope
from parvis.catalog.core.obligations.status import Counts, Status, answers, counts, status
from parvis.catalog.models import ObligationStatement
from parvis.catalog.obligations import facts, law
from parvis.catalog.obligations.facts import Shown
from parvis.organisations.models import Organisation

LABELS = {
    Status.NOT_CONCERNED: gettext_lazy("pas concerné"),
    Status.TO_CHECK: gettext_lazy("à vérifier"),
    Status.TO_CONFIRM: gettext_lazy("à confirmer"),
    Status.TO_DO: gettext_lazy("à publier"),
    Status.PUBLISHED: gettext_lazy("publié"),
    Status.VALID: gettext_lazy("publié, sans erreur"),
    Status.UP_TO_DATE: gettext_lazy("à jour"),
    Status.LATE: gettext_lazy("à mettre à jour"),
}
TONES = {
    Status.PUBLISHED: "ok", Status.VALID: "ok", Status.UP_TO_DATE: "ok", Status.TO_DO: "warn", Status.LATE: "warn",
}  # fmt: skip
About = ObligationStatement.About


@dataclass(frozen=True, slots=True)
class Line:
    """One rule before one authority."""

    rule: Rule
    status: Status
    missing: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    companions: tuple[Shown, ...] = ()
    elsewhere: ObligationStatement | None = None
    contest: ObligationStatement | None = None
    templates: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return str(LABELS[self.status])

    @property
    def tone(self) -> str:
        return TONES.get(self.status, "")

    @property
    def fitting(self) -> tuple[str, ...]:
        """The templates that answer the rule, without those that only help."""
        return tuple(name for name in self.templates if name in self.rule.schemas)

    @property
    def errors(self) -> bool:
        """Whether what is published was checked, and nothing of it is without error."""
        checked = [one.weighed.valid for one in self.shown if one.weighed.valid is not None]
        return bool(checked) and not any(checked)

    @property
    def step(self) -> str:
        """What to do next, in one sentence; empty when there is nothing."""
        return next_step(self)


def next_step(line: Line) -> str:
    if line.contest and not line.contest.decision:
        return _("Vous contestez cette règle : la Région vous répond. Rien n'est attendu de vous d'ici là.")
    if line.status is Status.LATE:
        return _("Déposez le fichier le plus récent : l'adresse de la page ne change pas.")
    if line.status is Status.PUBLISHED and line.errors:
        return _("Le contrôle a trouvé des erreurs : ouvrez le fichier publié pour lire lesquelles, puis déposez-le corrigé.")
    if line.status is Status.TO_CONFIRM:
        return _("Répondez aux questions sur votre situation : nous saurons si cette règle vous concerne.")
    if line.status is not Status.TO_DO:
        return ""
    if ANY_DATASET in line.rule.schemas:
        return _("Choisissez un fichier que vous tenez déjà : un tableur suffit. Déposez-le, nous vous aidons à le corriger.")
    if line.fitting:
        return _("Téléchargez le modèle, remplissez-le, puis déposez-le ici.")
    if line.rule.portal:
        return _("Publiez sur le portail national, puis donnez ici l'adresse de la page.")
    return _("Mettez-le en ligne sur votre site, puis donnez ici l'adresse de la page.")


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only the authority knows, and how many rules it would settle. `key`: `staff`, or an activity."""

    key: str
    text: str
    rules: int
    held: ObligationStatement | None = None


@dataclass(frozen=True, slots=True)
class Page:
    organisation: Organisation
    facts: Facts
    lines: tuple[Line, ...]
    known: tuple[Line, ...]  # rules without anything to publish, that bind it or may
    questions: tuple[Question, ...]
    day: date
    counts: Counts = field(default_factory=Counts)

    def _with(self, *wanted: Status) -> list[Line]:
        return [line for line in self.lines if line.status in wanted]

    @property
    def next(self) -> list[Line]:
        return self._with(Status.LATE, Status.TO_DO)

    @property
    def done(self) -> list[Line]:
        return self._with(Status.UP_TO_DATE, Status.VALID, Status.PUBLISHED)

    @property
    def to_confirm(self) -> list[Line]:
        return self._with(Status.TO_CONFIRM)

    @property
    def to_check(self) -> list[Line]:
        return self._with(Status.TO_CHECK)

    @property
    def apart(self) -> list[Line]:
        return self._with(Status.NOT_CONCERNED)

    @property
    def open_questions(self) -> int:
        return sum(question.held is None for question in self.questions)

    def line(self, rule: str) -> Line:
        """The line of a rule that asks for something online, or 404."""
        for line in self.lines:
            if line.rule.id == rule:
                return line
        raise Http404


def get_authority(slug: str) -> Organisation:
    """An organisation that the rules speak of, or 404."""
    organisation = get_object_or_404(Organisation.objects.select_related("territory"), slug=slug)
    if not facts.bound(organisation):
        raise Http404
    return organisation


def page_of(organisation: Organisation, today: date | None = None) -> Page:
    day = today or timezone.localdate()
    held = facts.statements([organisation]).get(organisation.pk, [])
    known = facts.facts_of(organisation, held, facts.largest_commune_of(organisation))
    shown = [*facts.publications([organisation]).get(organisation.pk, []), *facts.elsewhere(held)]
    templates = {entry.name for entry in known_schemas.entries()}
    rules = law.active()
    lines = tuple(_line(rule, known, shown, held, templates, day) for rule in rules if rule.kind == Kind.PUBLISH)
    others = tuple(_known(rule, known, day) for rule in rules if rule.kind == Kind.KNOW)
    return Page(
        organisation,
        known,
        lines,
        tuple(line for line in others if line.status is not Status.NOT_CONCERNED),
        _questions(lines, rules, known, held, day),
        day,
        counts(line.status for line in lines),
    )


def _line(
    rule: Rule, known: Facts, shown: Sequence[Shown], held: Sequence[ObligationStatement], templates: set[str], day: date
) -> Line:
    own = {one.about: one for one in held if one.subject == rule.id}
    return Line(
        rule=rule,
        status=status(rule, known, [one.weighed for one in shown], day),
        missing=scope(rule, known, day).missing,
        shown=tuple(one for one in shown if answers(rule, one.weighed) and not one.weighed.elsewhere),
        companions=tuple(one for one in shown if one.weighed.schema in rule.companions),
        elsewhere=own.get(About.ELSEWHERE),
        contest=own.get(About.CONTEST),
        templates=tuple(name for name in (*rule.schemas, *rule.companions) if name in templates),
    )


def _known(rule: Rule, known: Facts, day: date) -> Line:
    answer = scope(rule, known, day).answer
    if answer is Answer.NO:
        return Line(rule, Status.NOT_CONCERNED)
    return Line(rule, Status.TO_CHECK if rule.confidence == "?" or answer is Answer.UNSURE else Status.TO_CONFIRM)


def _questions(
    lines: Sequence[Line], rules: Sequence[Rule], known: Facts, held: Sequence[ObligationStatement], day: date
) -> tuple[Question, ...]:
    """What to ask: what would settle a rule, then what was already answered. The most useful first, the staff before all."""
    asked: dict[str, int] = {}
    for line in lines:
        for name in line.missing:
            key = name.removeprefix("activity:")
            if name == "staff" or key in law.questions():
                asked[key] = asked.get(key, 0) + 1
    said = {one.subject or "staff": one for one in held if one.about in {About.STAFF, About.ACTIVITY}}
    for key in said:
        asked.setdefault(key, 0)
    order = sorted(
        asked, key=lambda key: (key != "staff", -asked[key], list(law.questions()).index(key) if key != "staff" else 0)
    )
    return tuple(Question(key, question(key), asked[key], said.get(key)) for key in order)


def question(key: str) -> str:
    if key == "staff":
        return _("Combien d'agents travaillent chez vous, en équivalent temps plein ?")
    return law.questions()[key]


# ----- Where to go from a line -----


def deposit_url(organisation: Organisation, line: Line) -> str:
    """The deposit of a file that answers this rule: a new version of what is there, or a new dataset, prefilled."""
    fields = {"organisation": organisation.slug}
    if line.status is Status.LATE and len(line.shown) == 1:
        fields = {"resource": line.shown[0].url.rstrip("/").rpartition("/")[2]}
    elif line.templates:
        fields["schema"] = line.templates[0]
    return f"{reverse('catalog:publish')}?{urlencode(fields)}"
