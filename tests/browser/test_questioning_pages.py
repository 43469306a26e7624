"""The pages where data are questioned and discussed, for who reads them: axe, four looks, nothing too wide; and without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from parvis.catalog import charts
from parvis.catalog.actions import charts as kept_charts
from parvis.catalog.columns import columns_of
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.models import Version
from parvis.discussions import public as discussions
from parvis.discussions.models import Message
from tests.browser.conftest import Visitor
from tests.browser.small_site import EDITOR, NEWCOMER, SmallSite
from tests.browser.test_pages import AXE, check
from tests.catalog.publishing import organisation, published
from tests.catalog.publishing import version as versioned

SQL = "SELECT Rurale, avg(part) AS moyenne FROM fibre GROUP BY Rurale ORDER BY moyenne DESC"


@pytest.fixture(scope="module")
def addresses(site: SmallSite) -> Iterator[dict[str, str]]:
    """Something of each sort, made once, and taken away for the journeys that follow."""
    fibre = site.fibre
    dataset = fibre.resource.dataset
    label = {column.label: column.name for column in columns_of(fibre)}
    choice = Choice("bars", x=label["Rurale"], y=label["Part raccordable"], aggregate="mean")
    chart = kept_charts.keep(fibre, choice, findings=charts.findings(fibre, choice))
    two = two_versions()
    asked = discussions.write(
        dataset.reference, "De quel trimestre ?", by=site.people[NEWCOMER], kind="question", references=[chart.reference]
    )
    discussions.write(dataset.reference, "Du premier.", by=site.people[EDITOR], parent=asked, official=True)
    table = [dataset.slug, fibre.resource_id]
    sql = "SELECT * FROM fibre LIMIT 5"
    yield {
        "builder": reverse("catalog:chart_build", args=table),
        "builder-chosen": f"{reverse('catalog:chart_build', args=table)}?{urlencode({'forme': 'bars', 'x': choice.x, 'calcul': 'mean', 'y': choice.y})}",
        "builder-refused": reverse("catalog:chart_build", args=table) + "?forme=bars&x=absente",
        "chart": chart.get_absolute_url(),
        "embedded": reverse("catalog:chart_embed", args=[chart.pk]),
        "charts": reverse("catalog:charts", args=[dataset.slug]),
        "map": reverse("catalog:map", args=table)
        + "?"
        + urlencode({"forme": "map_commune", "territoire": label["Code commune"], "y": choice.y, "calcul": "mean"}),
        "programs": reverse("catalog:programs", args=table),
        "compare": reverse("catalog:compare", args=[two.resource.dataset.slug, two.resource_id]),
        "comparison": reverse("catalog:comparison", args=[two.resource.dataset.slug, two.resource_id, 1, 2]),
        "questions": reverse("catalog:questions"),
        "questions-asked": reverse("catalog:questions") + "?" + urlencode({"sql": sql, "table": f"fibre:{fibre.resource_id}"}),
        "questions-refused": reverse("catalog:questions")
        + "?"
        + urlencode({"sql": "DROP TABLE fibre", "table": f"fibre:{fibre.resource_id}"}),
        "search": "/recherche/?q=fibre",
        "discussions": reverse("discussions:index"),
        "discussion": reverse("discussions:subject", args=[dataset.reference]),
        "thread": asked.get_absolute_url(),
        "write": reverse("discussions:write", args=[dataset.reference]),
        "moderation-figures": reverse("moderation:statistics"),
    }
    Message.objects.all().delete()
    chart.delete()
    two.resource.dataset.delete()


def two_versions() -> Version:
    first = published(
        "code;habitants\n46102;9793\n46034;700\n",
        slug="deux",
        title="Deux versions",
        organisation=organisation("Service des comptes"),
    )
    return versioned(first.resource, "code;habitants\n46102;9800\n46042;300\n")


PAGES = (
    "builder", "builder-chosen", "builder-refused", "chart", "embedded", "charts", "map", "programs", "compare", "comparison", "questions",
    "questions-asked", "questions-refused", "search", "discussions", "discussion", "thread", "write", "moderation-figures",
)  # fmt: skip
STATUS = {"builder-refused": 400, "questions-refused": 400}


@pytest.mark.parametrize("name", PAGES)
def test_page(name: str, visitor: Callable[..., Visitor], addresses: dict[str, str]) -> None:
    somebody = visitor(width=360)
    if name in ("discussion", "thread", "write"):
        somebody.be(NEWCOMER)
    somebody.context.add_init_script(path=AXE)
    answer = somebody.go(addresses[name])
    assert answer.status == STATUS.get(name, 200)
    somebody.complaints = [said for said in somebody.complaints if "Failed to load resource" not in said or name not in STATUS]
    check(somebody)


@pytest.mark.parametrize("name", [name for name in PAGES if name != "write"])
def test_page_without_scripts(name: str, visitor: Callable[..., Visitor], addresses: dict[str, str]) -> None:
    """The same main part is there: a heading, and nothing that waits for a script."""
    somebody = visitor(width=360, java_script_enabled=False)
    assert somebody.go(addresses[name]).status == STATUS.get(name, 200)
    page = somebody.page
    assert page.locator("h1, figure, .chart").first.is_visible()
    assert not page.locator("[aria-busy=true]").count()
