"""The communes of the demonstration stand where their story says, and a second start changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parvis.accounts.models import User
from parvis.catalog.models import Campaign, Consolidation, Dataset, ObligationStatement
from parvis.catalog.obligations import law
from parvis.catalog.obligations.page import page_of
from parvis.home.demonstration import accounts, authorities, grants
from parvis.organisations.models import Membership, Nature, Organisation
from parvis.territories.models import Level, Territory

EXPECTED = {
    "46042": "up_to_date", "12300": "late", "46127": "published", "12145": "to_do", "12089": "to_confirm", "12052": "not_concerned",
}  # fmt: skip


@pytest.fixture
def region(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    settings.PARVIS_HOME, settings.REGION_CODE, settings.DEMONSTRATION = tmp_path / "home", "76", True
    settings.PARVIS_HOME.mkdir()
    occitanie = Territory.objects.create(level=Level.REGION, code="76", name="Occitanie", population=6_000_000, vintage=2026)
    Organisation.objects.create(name="Région Occitanie", slug="occitanie", nature=Nature.REGION, territory=occitanie)
    for rank, code in enumerate(("46102", *EXPECTED)):
        place = Territory.objects.create(
            level=Level.COMMUNE, code=code, name=f"Ville {code}", population=9_000, region=occitanie, vintage=2026
        )
        Organisation.objects.create(
            name=f"Commune {code}",
            slug=f"commune-{code}",
            nature=Nature.COMMUNE,
            territory=place,
            siren=grants.invented_siren(rank),
        )
    law.load()
    accounts.create(lambda _line: None)


def told() -> tuple[int, ...]:
    kinds = (Dataset, ObligationStatement, Campaign, Consolidation, Membership, User)
    return tuple(kind.objects.count() for kind in kinds)


def test_each_commune_is_at_its_stage(region: None) -> None:
    authorities.publish(lambda _line: None)
    found = {
        code: next(
            line.status for line in page_of(accounts.authority("commune", code)).lines if line.rule.id == authorities.RULE
        )
        for code in EXPECTED
    }
    assert found == EXPECTED
    [together] = Consolidation.objects.all()
    assert together.state == "idle", together.error
    assert {part.resource.dataset.organisation.territory.code: not part.reason for part in together.parts.all()} == {
        "46042": True, "12300": True, "46127": False,
    }  # fmt: skip
    [campaign] = Campaign.objects.all()
    assert campaign.state == Campaign.State.DRAFT
    codes = set(campaign.messages.values_list("organisation__territory__code", flat=True))
    assert codes == {"12145", "12300"}
    invented = Dataset.objects.filter(organisation__nature=Nature.COMMUNE)
    assert all(one.invented for one in invented)
    said = ObligationStatement.objects.filter(about=ObligationStatement.About.CONTEST)
    assert all("Inventé pour la démonstration" in one.reason for one in said)

    before = told()
    authorities.publish(lambda _line: None)
    assert told() == before
