"""The law cell by cell. What is expected is written out, from the texts; nothing here is computed again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from parvis.catalog.core.obligations.rules import Answer, Facts, Nature, RuleError, bundled, read, scope
from parvis.catalog.core.obligations.status import Publication, Status, counts, status

LAW = {rule.id: rule for rule in bundled().rules}
TODAY = date(2026, 11, 23)
NEW, OLD = TODAY - timedelta(days=365), TODAY - timedelta(days=366)
NO, CHECK, CONFIRM, DO = Status.NOT_CONCERNED, Status.TO_CHECK, Status.TO_CONFIRM, Status.TO_DO
PUBLISHED, VALID, FRESH, LATE = Status.PUBLISHED, Status.VALID, Status.UP_TO_DATE, Status.LATE
Y, N = True, False  # what the authority said of the one activity that the rule depends on

# rule, nature, inhabitants, staff, activity (None: not said), expected, without anything published
WHO = [
    ("open_data_default", "commune", 3499, 500, None, NO),
    ("open_data_default", "commune", 3499, None, None, NO),
    ("open_data_default", "commune", 3500, None, None, CONFIRM),
    ("open_data_default", "commune", 3500, 49, None, NO),
    ("open_data_default", "commune", 3500, 50, None, DO),
    ("open_data_default", "commune", None, 50, None, CONFIRM),
    ("open_data_default", "commune", None, 49, None, NO),
    ("open_data_default", "epci", 800, 50, None, DO),  # EPCI are not in the exemption
    ("open_data_default", "epci", 800, 49, None, NO),
    ("open_data_default", "epci", 90_000, None, None, CONFIRM),
    ("open_data_default", "departement", 170_000, 1200, None, DO),
    ("open_data_default", "departement", 170_000, None, None, CONFIRM),
    ("open_data_default", "region", 6_000_000, 6000, None, DO),
    ("open_data_default", "public", None, 50, None, DO),
    ("open_data_default", "public", None, 49, None, NO),
    ("open_data_default", "public", None, None, None, CONFIRM),
    ("open_data_default", "association", None, 500, None, NO),
    ("main_documents_list", "commune", 12, None, None, DO),
    ("main_documents_list", "epci", 12, None, None, DO),
    ("main_documents_list", "public", None, None, None, DO),
    ("main_documents_list", "company", None, 900, None, NO),
    ("algorithm_rules", "commune", 800, 50, Y, DO),  # no exemption under 3,500 inhabitants
    ("algorithm_rules", "commune", 800, 49, Y, NO),
    ("algorithm_rules", "commune", 800, None, N, NO),
    ("algorithm_rules", "commune", 800, None, None, CONFIRM),
    ("algorithm_rules", "epci", 800, 50, None, CONFIRM),
    ("high_value_data", "commune", 800, 50, None, CHECK),  # local scope to be checked
    ("high_value_data", "commune", 800, 50, N, NO),
    ("prada", "commune", 9_999, None, None, NO),
    ("prada", "commune", 10_000, None, None, DO),
    ("prada", "epci", 9_999, None, None, NO),
    ("prada", "epci", 10_000, None, None, DO),
    ("prada", "departement", 70_000, None, None, DO),
    ("prada", "region", 6_000_000, None, None, DO),
    ("prada", "public", None, 199, None, NO),
    ("prada", "public", None, 200, None, DO),
    ("prada", "public", None, None, None, CONFIRM),
    ("grants", "commune", 120, None, None, CONFIRM),
    ("grants", "commune", 120, None, Y, DO),  # no threshold of inhabitants in the texts
    ("grants", "commune", 120_000, None, N, NO),
    ("grants", "epci", 120_000, None, Y, DO),
    ("grants", "public", None, None, Y, DO),
    ("contracts", "commune", 120, None, None, CONFIRM),
    ("contracts", "commune", 120, None, Y, DO),
    ("contracts", "region", 6_000_000, None, N, NO),
    ("contracts_small", "commune", 120, None, Y, CHECK),
    ("contracts_small", "commune", 120, None, None, CHECK),
    ("contracts_small", "commune", 120, None, N, NO),
    ("concessions", "epci", 5_000, None, Y, DO),
    ("concessions", "epci", 5_000, None, None, CONFIRM),
    ("crc_report", "commune", 5_000, None, Y, DO),
    ("crc_report", "commune", 5_000, None, None, CONFIRM),
    ("budget_online", "commune", 3499, None, Y, CHECK),  # smaller communes: to be checked
    ("budget_online", "commune", 3499, None, N, NO),
    ("budget_online", "commune", 3500, None, Y, DO),
    ("budget_online", "commune", 3500, None, None, CONFIRM),
    ("budget_online", "commune", 3500, None, N, NO),
    ("budget_online", "departement", 170_000, None, Y, DO),
    ("budget_annexes", "commune", 3499, None, None, NO),
    ("budget_annexes", "commune", 3500, None, None, DO),
    ("budget_annexes", "epci", 35_000, None, None, NO),
    ("elected_pay", "commune", 120, None, None, CHECK),
    ("elected_pay", "epci", 120, None, None, CHECK),
    ("elected_pay", "region", 6_000_000, None, None, CHECK),
    ("elected_pay", "public", None, None, None, NO),
    ("top10_pay", "commune", 40_000, None, None, NO),
    ("top10_pay", "commune", 40_001, None, None, DO),  # 80,000 is the old law
    ("top10_pay", "epci", 40_000, None, None, NO),
    ("top10_pay", "epci", 40_001, None, None, DO),
    ("top10_pay", "departement", 39_000, None, None, DO),
    ("top10_pay", "region", 6_000_000, None, None, DO),
    ("top10_pay", "public", None, 900, None, NO),
    ("gender_pay_index", "commune", 40_001, 49, None, NO),
    ("gender_pay_index", "commune", 40_001, 50, None, DO),
    ("gender_pay_index", "commune", 40_001, None, None, CONFIRM),
    ("gender_pay_index", "commune", 40_000, None, None, NO),
    ("gender_pay_index", "departement", 39_000, 50, None, DO),
    ("gender_pay_index", "region", 6_000_000, None, None, CONFIRM),
    ("acts", "commune", 3500, None, None, DO),
    ("acts", "commune", 3499, None, None, CONFIRM),  # they choose: on line, on paper or on a board
    ("acts", "commune", 3499, None, Y, DO),
    ("acts", "commune", 3499, None, N, NO),
    ("acts", "commune", None, None, None, CONFIRM),
    ("acts", "epci", 800, None, None, DO),
    ("acts", "departement", 70_000, None, None, DO),
    ("acts", "region", 6_000_000, None, None, DO),
    ("acts", "public", None, None, None, NO),
    ("deliberation_list", "commune", 120, None, Y, DO),
    ("deliberation_list", "commune", 120, None, N, NO),
    ("deliberation_list", "commune", 120, None, None, CONFIRM),
    ("deliberation_list", "epci", 120, None, Y, NO),
    ("minutes", "commune", 120, None, Y, DO),
    ("minutes", "commune", 120, None, N, NO),
    ("minutes", "departement", 170_000, None, Y, NO),
    ("address_base", "commune", 12, None, None, DO),
    ("address_base", "commune", 90_000, None, None, DO),
    ("address_base", "commune", None, None, None, CONFIRM),
    ("address_base", "epci", 90_000, None, None, NO),
    ("irve_static", "commune", 120, None, Y, DO),
    ("irve_static", "public", None, None, None, CONFIRM),
    ("irve_dynamic", "epci", 120, None, Y, DO),
    ("irve_dynamic", "epci", 120, None, N, NO),
    ("mobility_data", "region", 6_000_000, None, Y, DO),
    ("mobility_data", "commune", 120, None, None, CONFIRM),
    ("zfe", "commune", 400_000, None, Y, CHECK),
    ("zfe", "departement", 400_000, None, Y, NO),
    ("walk_access", "commune", 120, None, Y, DO),
    ("walk_access", "region", 6_000_000, None, Y, NO),
    ("clean_fleet", "departement", 170_000, None, Y, DO),
    ("clean_fleet", "departement", 170_000, None, None, CONFIRM),
    ("dae", "commune", 120, None, Y, DO),
    ("dae", "commune", 120, None, N, NO),
    ("urban_plans", "commune", 120, None, Y, DO),
    ("urban_plans", "epci", 120, None, None, CONFIRM),
    ("urban_plans", "region", 6_000_000, None, Y, NO),
    ("rpqs", "commune", 3499, None, Y, NO),
    ("rpqs", "commune", 3500, None, Y, DO),
    ("rpqs", "epci", 3500, None, None, CONFIRM),
    ("pcaet", "epci", 20_000, None, None, NO),
    ("pcaet", "epci", 20_001, None, None, DO),
    ("pcaet", "commune", 200_000, None, None, NO),
    ("noise", "commune", 100_001, None, None, CHECK),
    ("noise", "commune", 100_000, None, None, NO),
    ("accessibility", "commune", 12, None, Y, DO),  # no threshold of inhabitants
    ("accessibility", "commune", 12, None, None, CONFIRM),
    ("accessibility", "commune", 12, None, N, NO),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "nature", "inhabitants", "staff", "does", "expected"), WHO)
def test_whom_each_rule_binds(
    rule: str, nature: str, inhabitants: int | None, staff: int | None, does: bool | None, expected: Status
) -> None:
    activities = {one.activity for one in LAW[rule].concerns if one.activity} if does is not None else set()
    facts = Facts(nature, inhabitants, staff, activities={name: bool(does) for name in activities})
    assert status(LAW[rule], facts, [], TODAY) is expected


def test_every_rule_with_something_to_publish_is_in_the_table() -> None:
    assert {row[0] for row in WHO} == {rule.id for rule in LAW.values() if rule.kind == "publish"}


# largest commune of an EPCI, whether it has a site, expected
@pytest.mark.parametrize(("largest", "site", "expected"), [(3499, Y, NO), (3500, Y, DO), (3500, None, CONFIRM), (None, Y, CONFIRM), (None, N, NO)])  # fmt: skip
def test_the_budget_of_an_epci_follows_its_largest_commune(largest: int | None, site: bool | None, expected: Status) -> None:
    facts = Facts("epci", 50_000, largest_commune=largest, activities={} if site is None else {"website": site})
    assert status(LAW["budget_online"], facts, [], TODAY) is expected


# rule, confirmed or not, (schema, published, valid), expected
GRANTS, LIST, PAY, BAL = "scdl/subventions", "scdl/catalogue", "etalab/schema-hautes-remunerations", "etalab/schema-bal"
DONE = [
    ("grants", Y, (GRANTS, NEW, True), FRESH),
    ("grants", Y, (GRANTS, OLD, True), LATE),
    ("grants", Y, (GRANTS, NEW, False), PUBLISHED),
    ("grants", Y, (GRANTS, NEW, None), PUBLISHED),
    ("grants", Y, (GRANTS, OLD, None), LATE),
    ("grants", Y, ("scdl/deliberations", NEW, True), DO),
    ("grants", Y, ("", NEW, None), DO),
    ("grants", None, (GRANTS, NEW, True), FRESH),  # what is there is there
    ("grants", None, (GRANTS, OLD, True), CONFIRM),  # but what may not be due is not late
    ("grants", N, (GRANTS, OLD, True), NO),
    ("main_documents_list", None, (LIST, NEW, True), FRESH),
    ("main_documents_list", None, (LIST, OLD, True), LATE),
    ("top10_pay", None, (PAY, NEW, True), FRESH),
    ("top10_pay", None, (PAY, OLD, True), LATE),
    ("address_base", None, (BAL, OLD, True), VALID),  # no date says when
    ("address_base", None, (BAL, OLD, False), PUBLISHED),
    ("open_data_default", None, ("", OLD, None), PUBLISHED),  # any dataset is a beginning
    ("open_data_default", None, (GRANTS, OLD, True), PUBLISHED),
    ("acts", None, ("scdl/deliberations", NEW, True), DO),  # the law asks for the acts themselves
    ("noise", None, ("", NEW, None), CHECK),
    ("zfe", Y, ("etalab/schema-zfe", OLD, True), CHECK),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "does", "publication", "expected"), DONE)
def test_what_is_published(rule: str, does: bool | None, publication: tuple[str, date, bool | None], expected: Status) -> None:
    activities = {one.activity for one in LAW[rule].concerns if one.activity} if does is not None else set()
    facts = Facts("commune", 200_000, 900, activities={name: bool(does) for name in activities})
    schema, published, valid = publication
    assert status(LAW[rule], facts, [Publication(schema, published, valid)], TODAY) is expected


def test_the_best_publication_counts() -> None:
    both = [Publication(GRANTS, OLD, True), Publication(GRANTS, NEW, True), Publication(GRANTS, NEW, False)]
    assert status(LAW["grants"], Facts("commune", activities={"grants": True}), both, TODAY) is FRESH


def test_what_is_said_to_be_elsewhere_is_published_and_never_late() -> None:
    said = [Publication("", OLD, elsewhere=True, rule="acts")]
    town = Facts("commune", 9000)
    assert status(LAW["acts"], town, said, TODAY) is PUBLISHED
    assert status(LAW["address_base"], town, said, TODAY) is DO


@pytest.mark.parametrize(("day", "inhabitants", "expected"), [
    (date(2023, 12, 31), 90_000, NO), (date(2024, 1, 1), 90_000, DO), (date(2024, 1, 1), 2001, DO),
    (date(2024, 1, 1), 2000, NO), (date(2024, 5, 31), 2000, NO), (date(2024, 6, 1), 2000, DO),
])  # fmt: skip
def test_a_rule_binds_from_its_day(day: date, inhabitants: int, expected: Status) -> None:
    assert status(LAW["address_base"], Facts("commune", inhabitants), [], day) is expected


def test_the_acts_of_a_town_before_july_2022() -> None:
    assert status(LAW["acts"], Facts("commune", 9000), [], date(2022, 6, 30)) is NO
    assert status(LAW["acts"], Facts("commune", 9000), [], date(2022, 7, 1)) is DO


def test_contested_is_to_be_confirmed_and_agreed_is_not_concerned() -> None:
    acts = LAW["acts"]
    assert status(acts, Facts("commune", 9000, contested=frozenset({"acts"})), [], TODAY) is CONFIRM
    assert status(acts, Facts("commune", 9000, exempt=frozenset({"acts"})), [], TODAY) is NO
    late = [Publication(GRANTS, OLD, True)]
    town = Facts("commune", activities={"grants": True}, contested=frozenset({"grants"}))
    assert status(LAW["grants"], town, late, TODAY) is CONFIRM


@pytest.mark.parametrize("rule", [rule.id for rule in LAW.values() if rule.confidence == "?"])
@pytest.mark.parametrize("nature", [nature.value for nature in Nature])
def test_a_rule_to_be_checked_is_never_due(rule: str, nature: str) -> None:
    activities = dict.fromkeys(bundled().activities, True)
    for publications in ([], [Publication(name, date(2000, 1, 1), True) for name in LAW[rule].schemas]):
        found = status(LAW[rule], Facts(nature, 900_000, 9000, 90_000, activities), publications, TODAY)
        assert found in {CHECK, NO}


# rules to know: whom they bind
@pytest.mark.parametrize(("rule", "nature", "inhabitants", "does", "expected"), [
    ("petition", "commune", 12, None, Answer.YES), ("petition", "public", None, None, Answer.NO),
    ("conseil_developpement", "epci", 50_000, None, Answer.NO), ("conseil_developpement", "epci", 50_001, None, Answer.YES),
    ("conseil_quartier", "commune", 79_999, None, Answer.NO), ("conseil_quartier", "commune", 80_000, None, Answer.YES),
    ("ccspl", "commune", 10_000, None, Answer.NO), ("ccspl", "commune", 10_001, None, Answer.YES),
    ("ccspl", "epci", 50_000, None, Answer.NO), ("ccspl", "epci", 50_001, None, Answer.YES), ("ccspl", "region", None, None, Answer.YES),
    ("ceser", "region", None, None, Answer.YES), ("ceser", "departement", None, None, Answer.NO),
    ("reen_strategy", "commune", 50_000, None, Answer.NO), ("reen_strategy", "epci", 50_001, None, Answer.YES),
    ("egalim", "commune", 12, None, Answer.UNKNOWN), ("egalim", "commune", 12, N, Answer.NO), ("egalim", "public", None, Y, Answer.YES),
    ("local_referendum", "epci", 90_000, None, Answer.NO), ("local_referendum", "commune", 12, None, Answer.YES),
])  # fmt: skip
def test_rules_to_know(rule: str, nature: str, inhabitants: int | None, does: bool | None, expected: Answer) -> None:
    assert LAW[rule].kind == "know"
    activities = {one.activity for one in LAW[rule].concerns if one.activity} if does is not None else set()
    assert (
        scope(LAW[rule], Facts(nature, inhabitants, activities={name: bool(does) for name in activities}), TODAY).answer
        is expected
    )


def test_what_is_missing_is_named() -> None:
    assert scope(LAW["algorithm_rules"], Facts("commune", 9000), TODAY).missing == ("staff", "activity:algorithms")
    assert scope(LAW["algorithm_rules"], Facts("commune", 9000, 60), TODAY).missing == ("activity:algorithms",)


def test_counts() -> None:
    found = counts([DO, DO, LATE, FRESH, VALID, PUBLISHED, CONFIRM, CHECK, NO])
    assert (found.expected, found.done, found.to_do, found.late, found.to_confirm, found.to_check) == (6, 3, 2, 1, 1, 1)
    assert found.gain == 7


# ----- The language is closed -----

HEAD = '[sources]\nK = "k"\n[activities]\ngrants = "?"\n[[rules]]\nid = "x"\ntitle = "x"\nwhat = "x"\nwho = "x"\ntext = "x"\nsource = ["K"]\nconfidence = "S"\n'


@pytest.mark.parametrize(("concerns", "says"), [
    ('[{ natures = ["planet"] }]', "natures"), ("[{ natures = [] }]", "natures"),
    ('[{ natures = ["commune"], when = "facts.staff > 3" }]', "unknown words"),
    ('[{ natures = ["commune"], staff_least = "50" }]', "number of people"),
    ('[{ natures = ["commune"], staff_least = -1 }]', "number of people"),
    ('[{ natures = ["commune"], activity = "magic" }]', "magic"),
])  # fmt: skip
def test_what_is_not_in_the_language_is_refused(concerns: str, says: str) -> None:
    with pytest.raises(RuleError, match=says):
        read(HEAD + f"concerns = {concerns}")


def test_a_rule_of_the_language_is_read() -> None:
    (rule,) = read(HEAD + 'concerns = [{ natures = ["commune"], activity = "grants" }]').rules
    assert (rule.id, rule.source, rule.concerns[0].activity) == ("x", "k", "grants")
    with pytest.raises(RuleError, match="same id"):
        read(
            HEAD
            + 'concerns = [{ natures = ["commune"] }]'
            + HEAD[HEAD.index("[[rules]]") - 1 :]
            + 'concerns = [{ natures = ["commune"] }]'
        )


def test_the_bundled_rules_explain_themselves() -> None:
    for rule in LAW.values():
        assert all([rule.title, rule.what, rule.who, rule.text, rule.source]), rule.id
        assert rule.kind == "know" or rule.why, rule.id
