from __future__ import annotations

from pathlib import Path

import pytest

from parvis.organisations.models import Organisation
from parvis.territories import loading
from parvis.territories.loading import Counts
from parvis.territories.models import Loading, Territory
from parvis.territories.sources.cog import CogError
from tests.territories.conftest import COMMUNES, EPCI, write_package


def test_every_territory_is_an_organisation(country: loading.Report) -> None:
    assert country.levels["commune"] == Counts(created=8)
    assert country.others == {"organisations_created": 20, "organisations_updated": 0}
    names = dict(Organisation.objects.values_list("slug", "name"))
    assert names["figeac-46102"] == "Commune de Figeac"
    assert names["le-vigan-30350"] == "Commune du Vigan"
    assert names["lot-46"] == "Département du Lot"
    assert names["occitanie"] == "Région Occitanie"
    assert names["cc-grand-figeac-200067361"] == "CC Grand-Figeac"
    assert Organisation.objects.get(slug="occitanie").siren == "200053791"
    figeac = Territory.objects.get(code="46102")
    assert (figeac.siren, figeac.epci.name, figeac.departement.name, figeac.region.name) == (
        "214601023",
        "CC Grand-Figeac",
        "Lot",
        "Occitanie",
    )


def test_twice_is_once(country: loading.Report, package: Path, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(20):
        again = loading.load(source=package)
    assert all(counts.created == counts.updated == counts.gone == 0 for counts in again.levels.values())
    assert again.others == {"organisations_created": 0, "organisations_updated": 0}
    assert Loading.objects.filter(what="code", vintage=2026).count() == 2


def test_what_leaves_is_kept_and_what_changes_follows(country: loading.Report, tmp_path: Path) -> None:
    known = {row[0]: row for row in COMMUNES}
    known.pop("46042")
    known["46102"] = ("46102", "Figeac-le-Neuf", *known["46102"][2:])
    report = loading.load(source=write_package(tmp_path / "next", list(known.values()), EPCI, "7.0.0"))
    assert report.vintage == 2027
    assert (report.levels["commune"].gone, report.levels["commune"].updated) == (1, 7)
    assert report.renamed == {"commune:46102": "Figeac"}
    cahors = Territory.objects.get(code="46042")
    assert (cahors.active, cahors.vintage) == (False, 2026)
    renamed = Organisation.objects.get(territory__code="46102")
    assert (renamed.name, renamed.slug) == ("Commune de Figeac-le-Neuf", "figeac-46102")


def test_a_name_that_people_wrote_stays(country: loading.Report, tmp_path: Path) -> None:
    Organisation.objects.filter(slug="figeac-46102").update(name="Ville de Figeac", siren="")
    renamed = [("46102", "Figeac-le-Neuf", *COMMUNES[0][2:]), *COMMUNES[1:]]
    loading.load(source=write_package(tmp_path / "next", renamed))
    city = Organisation.objects.get(slug="figeac-46102")
    assert (city.name, city.siren) == ("Ville de Figeac", "214601023")


def test_a_slug_already_taken_by_somebody_else(db, package: Path) -> None:
    Organisation.objects.create(name="Les amis d'Occitanie", slug="occitanie", nature="association")
    loading.load(source=package)
    assert Organisation.objects.get(nature="region", territory__code="76").slug == "region-occitanie"


def test_a_truncated_package_changes_nothing(country: loading.Report, tmp_path: Path) -> None:
    with pytest.raises(CogError, match="no commune"):
        loading.load(source=write_package(tmp_path / "empty", []))
    assert Territory.objects.filter(active=True, level="commune").count() == 8
