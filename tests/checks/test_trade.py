"""Each check of the trade section on altered data: real claims flip and come back."""

import pandas as pd
import pytest

from helpers import scorecard, tables
from helpers.checks import trade as checks
from helpers.choices import choose
from helpers.claims import Tables, ledger

LEDGER = ledger()
ANNUAL = tables.load("trade_annual")
FIGURES = tables.load("reported_figures")
TRANSFERS = tables.load("transfers_to_russia")
OUTREACH = tables.load("outreach")
SANCTIONS = tables.load("sanctions")
FROM_CHINA = ANNUAL["exporter"].eq("CHN") & ANNUAL["importer"].eq("RUS")
BACI = FROM_CHINA & ANNUAL["dataset"].eq("baci")
NITROCELLULOSE = BACI & ANNUAL["product"].eq("nitrocellulose")


def decide(claim_id, parameters=None, **frames):
    return scorecard.decide(LEDGER[claim_id], Tables(frames), choose(**(parameters or {})))


def verdict(claim_id, parameters=None, **frames):
    return decide(claim_id, parameters, **frames)[1].verdict


def scaled(frame, rows, column, factor):
    return frame.assign(**{column: frame[column].mask(rows, frame[column] * factor)})


def replaced(frame, rows, **cells):
    return frame.assign(**{c: frame[c].mask(rows, value) for c, value in cells.items()})


def test_change_of_the_list_falls_when_the_last_year_falls():
    of_list = BACI & ANNUAL["product"].eq("chpl") & ANNUAL["year"].eq(2023)
    fallen = scaled(scaled(ANNUAL, of_list, "value_usd", 0.5), of_list, "net_kg", 0.5)
    assert verdict("CEPA-001") == "holds"
    assert verdict("CEPA-001", trade_annual=fallen) == "fails"


def test_a_list_that_grew_by_weight_alone_holds_in_part():
    of_list = BACI & ANNUAL["product"].eq("chpl") & ANNUAL["year"].eq(2023)
    cheaper = scaled(ANNUAL, of_list, "value_usd", 0.5)
    finding, found = decide("CEPA-001", trade_annual=cheaper)
    assert finding.observed < 1
    assert (found.verdict, found.words) == ("holds_in_part", "by weight")


def test_the_fair_base_year_follows_the_baseline():
    notes = {b: decide("CEPA-001", {"baseline": b})[0].note for b in ("china_reported", "baci")}
    assert "in 2022, " in notes["china_reported"] and "break" not in notes["china_reported"]
    assert "in 2021, " in notes["baci"] and notes["baci"].endswith("across the break of 2022")


def test_the_change_of_nitrocellulose_needs_a_surge():
    level = NITROCELLULOSE & ANNUAL["year"].le(2021)
    flat = replaced(ANNUAL, level, net_kg=1_300_000.0)
    finding, found = decide("CEPA-127", trade_annual=flat)
    assert finding.observed == pytest.approx(1365.435 / 1300)
    assert found.verdict == "fails"
    assert verdict("CEPA-127") == "holds"


@pytest.mark.parametrize(
    ("kilograms", "ratio"), [(0.0, 1365.435 / 7), (6_999.0, 1365.435 / 7), (70_000.0, 19.50621)]
)
def test_next_to_nothing_is_divided_by_as_the_least_level(kilograms, ratio):
    level = NITROCELLULOSE & ANNUAL["year"].le(2021)
    finding, found = decide("CEPA-127", trade_annual=replaced(ANNUAL, level, net_kg=kilograms))
    assert finding.observed == pytest.approx(ratio)
    assert ("taken as 7," in finding.note) == (kilograms < 7000)
    assert found.verdict == "holds"


def test_from_nothing_to_something_is_an_infinite_ratio():
    nothing = replaced(ANNUAL, NITROCELLULOSE & ANNUAL["year"].le(2021), net_kg=0.0)
    arguments = LEDGER["CEPA-127"].check_args | {"least": 0}
    claim = LEDGER["CEPA-127"]._replace(check_args=arguments)
    finding = scorecard.measure(claim, Tables({"trade_annual": nothing}), choose())
    assert finding.observed == float("inf")
    without = ANNUAL[~(NITROCELLULOSE & ANNUAL["year"].ge(2022))]
    assert verdict("CEPA-127", trade_annual=without) == "not_in_data"


def test_chips_rise_by_china_s_own_figures_and_not_in_baci():
    own, reconciled = (decide("CEPA-118", {"baseline": b}) for b in ("china_reported", "baci"))
    assert own[0].observed > 1.5 > 1 > reconciled[0].observed
    assert set(own[0].rows) == {"trade_annual", "reported_figures"}
    assert set(reconciled[0].rows) == {"trade_annual"}
    early = FIGURES["measure"].eq("integrated_circuit_exports") & FIGURES["exporter"].eq("CHN")
    higher = replaced(FIGURES, early & FIGURES["period_start"].eq("2021-01"), value_usd=170e6)
    assert verdict("CEPA-118", reported_figures=higher) == "fails"
    assert verdict("CEPA-118", reported_figures=FIGURES) == "holds"


def test_the_article_and_retellings_do_not_stand_for_customs():
    early = FIGURES["measure"].eq("integrated_circuit_exports") & FIGURES["exporter"].eq("CHN")
    retold = replaced(FIGURES, early & FIGURES["period_start"].eq("2021-01"), is_repeat=True)
    assert verdict("CEPA-118", reported_figures=retold) == "not_in_data"


def test_china_s_share_of_imports_must_grow():
    customs = ANNUAL["dataset"].eq("fcs") & ANNUAL["exporter"].eq("CHN") & ANNUAL["year"].eq(2021)
    shrunk = scaled(ANNUAL, customs, "value_usd", 0.5)
    assert verdict("CEPA-252") == "holds"
    assert verdict("CEPA-252", trade_annual=shrunk) == "fails"
    early = ANNUAL[~(ANNUAL["dataset"].eq("fcs") & ANNUAL["year"].gt(2013))]
    assert verdict("CEPA-252", trade_annual=early) == "not_in_data"


CHIPS = FIGURES["measure"].eq("china_share_of_russia_chips")
WHOLE_2023 = FIGURES["period_start"].eq("2023-01") & FIGURES["period_end"].eq("2023-12")


def test_a_published_share_that_differs_contradicts_the_article():
    other = replaced(FIGURES, CHIPS, share_pct=60.0)
    assert verdict("CEPA-119", reported_figures=other) == "fails"
    finding, found = decide("CEPA-119")
    assert (finding.observed, found.verdict) == (89.0, "holds_in_part")


def test_the_makers_of_chips_are_why_the_share_holds_in_part():
    other = replaced(FIGURES, FIGURES["measure"].eq("western_chip_imports"), value_usd=187e6)
    assert verdict("CEPA-119", reported_figures=other) == "holds"


def test_a_share_of_another_period_is_not_that_of_the_year():
    finding, found = decide("CEPA-119", reported_figures=FIGURES[~(CHIPS & WHOLE_2023)])
    assert pd.isna(finding.observed)
    assert found.verdict == "not_in_data"


@pytest.mark.parametrize("column", ["is_repeat", "source_id", "first_publisher"])
def test_what_repeats_the_article_confirms_nothing(column):
    cells = {"is_repeat": True, "source_id": "cepa-2025", "first_publisher": "CEPA"}
    retold = replaced(FIGURES, CHIPS & WHOLE_2023, **{column: cells[column]})
    assert verdict("CEPA-119", reported_figures=retold) == "not_in_data"


def test_shares_that_the_article_alone_prints_are_not_in_the_data():
    second = FIGURES[FIGURES["claim_ids"].eq("CEPA-120")].assign(
        figure_id="REP-999", source_id="x", first_publisher="customs", share_pct=20.0
    )
    assert verdict("CEPA-120") == "not_in_data"
    both = pd.concat([FIGURES, second], ignore_index=True)
    assert verdict("CEPA-120", reported_figures=both) == "fails"
    agreed = pd.concat([FIGURES, second.assign(share_pct=48.0)], ignore_index=True)
    assert verdict("CEPA-120", reported_figures=agreed) == "holds"


def test_a_figure_of_a_part_of_the_period_is_not_that_of_the_whole():
    drones = FIGURES["measure"].eq("drone_exports") & FIGURES["unit"].eq("units")
    claim = LEDGER["CEPA-138"]
    assert verdict("CEPA-138") == "not_in_data"
    period = {"period_start": claim.period_start, "period_end": claim.period_end}
    whole = replaced(FIGURES, drones, **period)
    assert verdict("CEPA-138", reported_figures=whole) == "fails"
    many = replaced(whole, drones, figure=2_200_000.0)
    assert verdict("CEPA-138", reported_figures=many) == "holds"


def test_drones_after_the_control_would_be_counted():
    late = replaced(
        FIGURES, FIGURES["figure_id"].eq("REP-110"), period_start="2024-01", period_end="2024-06"
    )
    assert verdict("CEPA-137") == "not_in_data"
    assert verdict("CEPA-137", reported_figures=late) == "holds"


def test_a_list_of_which_half_is_not_sold_is_no_huge_variety():
    codes = sorted(tables.load("hs_codes")["hs2017"].unique())
    few = ANNUAL[~ANNUAL["product"].isin(codes[:25])]
    finding, found = decide("CEPA-132", trade_annual=few)
    assert finding.observed < 50
    assert found.verdict == "fails"
    assert verdict("CEPA-132") == "holds"
    assert verdict("CEPA-132", trade_annual=ANNUAL[ANNUAL["year"] < 2022]) == "not_in_data"


def test_parcels_make_no_trade():
    small = ANNUAL.assign(value_usd=ANNUAL["value_usd"].clip(upper=999_999))
    assert decide("CEPA-132", trade_annual=small)[0].observed == 0


def test_one_tank_with_the_regular_forces_contradicts_the_absence():
    tank = replaced(TRANSFERS, TRANSFERS["transfer_id"].eq("TRF-017"), heavy_class="tank")
    for claim_id, before in [("CEPA-155", "holds"), ("CEPA-230", "holds_in_part")]:
        assert verdict(claim_id) == before
        assert verdict(claim_id, transfers_to_russia=tank) == "fails"


def test_heavy_weapons_not_from_china_or_not_in_use_do_not_count():
    tank = replaced(TRANSFERS, TRANSFERS["transfer_id"].eq("TRF-017"), heavy_class="tank")
    for column in ("is_supplied_from_china", "is_in_military_use"):
        rows = tank["transfer_id"].eq("TRF-017")
        assert verdict("CEPA-155", transfers_to_russia=replaced(tank, rows, **{column: False})) == (
            "holds"
        )


def test_armoured_vehicles_contradict_unless_the_regular_forces_are_meant():
    tiger = TRANSFERS["heavy_class"].eq("armoured_vehicle")
    found = decide("CEPA-231")[1]
    assert (found.verdict, found.words.split(":")[0]) == (
        "holds_in_part", "counting the regular forces only",
    )  # fmt: skip
    assert verdict("CEPA-231", transfers_to_russia=TRANSFERS[~tiger]) == "holds"
    regular = replaced(TRANSFERS, tiger, end_user_kind="regular")
    assert verdict("CEPA-231", transfers_to_russia=regular) == "fails"


def test_the_grade_asked_for_counts():
    weak = replaced(TRANSFERS, TRANSFERS["heavy_class"].ne("none"), evidence_grade="C")
    assert verdict("CEPA-231", {"min_grade": "B"}, transfers_to_russia=weak) == "holds"


def test_almost_none_is_fewer_than_three():
    rifles = replaced(TRANSFERS, TRANSFERS["lethality"].eq("small_arms"), lethality="non_lethal")
    assert verdict("CEPA-150", transfers_to_russia=rifles) == "holds"
    extra = TRANSFERS["transfer_id"].isin(["TRF-005", "TRF-013", "TRF-018"])
    many = replaced(TRANSFERS, extra, heavy_class="artillery", lethality="weapon")
    assert verdict("CEPA-150") == "holds_in_part"
    assert verdict("CEPA-150", transfers_to_russia=many) == "fails"


def test_without_listings_appeals_and_threats_are_two_kinds_of_three():
    finding, found = decide("DIP-062", sanctions=SANCTIONS[SANCTIONS["authority"].eq("JPN")])
    assert (finding.observed, found.verdict) == (2.0, "fails")
    assert verdict("DIP-062") == "holds"
    assert verdict("DIP-062", outreach=OUTREACH[OUTREACH["type_group"].ne("appeal")]) == "fails"


def test_acts_of_others_and_after_the_article_do_not_count():
    appeals = OUTREACH["type_group"].eq("appeal")
    for cells in ({"bloc": "nato"}, {"date": "2025-07-24"}):
        assert verdict("DIP-062", outreach=replaced(OUTREACH, appeals, **cells)) == "fails"


@pytest.mark.parametrize(
    ("claim_id", "table", "column", "cell"),
    [
        ("CEPA-114", "trade_annual", "value_usd", 0.0),
        ("CEPA-115", "reported_figures", "exporter", "SGP"),
        ("CEPA-117", "reported_figures", "exporter", "SGP"),
        ("CEPA-128", "trade_annual", "net_kg", 50_000.0),
        ("CEPA-129", "transfers_to_russia", "evidence_class", "allegation"),
        ("CEPA-130", "trade_annual", "net_kg", 800_000.0),
        ("CEPA-131", "trade_annual", "net_kg", 1_000_000.0),
        ("CEPA-143", "transfers_to_russia", "item_class", "civil_drone"),
        ("CEPA-144", "transfers_to_russia", "end_user_kind", "company"),
        ("CEPA-151", "transfers_to_russia", "quantity_high", 24.0),
        ("CEPA-152", "transfers_to_russia", "end_user", "Malian army"),
        ("CEPA-153", "transfers_to_russia", "is_supplied_from_china", True),
        ("CEPA-232", "transfers_to_russia", "item", "152 mm artillery shells"),
        ("DIP-042", "outreach", "content", "Asked for calm"),
        ("DIP-043", "outreach", "person", "Josep Conrad"),
        ("DIP-044", "outreach", "channel", "interview"),
        ("DIP-045", "outreach", "type_group", "appeal"),
        ("DIP-046", "outreach", "content", "Spoke of trade"),
        ("DIP-048", "outreach", "content", "Neutrality is welcome"),
    ],
)
def test_a_claim_read_from_rows_fails_where_its_fact_is_otherwise(claim_id, table, column, cell):
    frame = tables.load(table)
    altered = replaced(frame, pd.Series(True, index=frame.index), **{column: cell})
    assert verdict(claim_id).startswith("holds")
    assert verdict(claim_id, **{table: altered}) == "fails"


@pytest.mark.parametrize(
    ("claim_id", "table", "date"),
    [
        ("CEPA-129", "transfers_to_russia", "2022-09"),
        ("CEPA-144", "transfers_to_russia", "2024-02"),
        ("DIP-043", "outreach", "2022-05-05"),
        ("DIP-046", "outreach", "2023-03-18"),
    ],
)
def test_what_may_happen_again_is_another_fact_on_another_day(claim_id, table, date):
    frame = tables.load(table)
    assert verdict(claim_id, **{table: frame.assign(date=date)}) == "fails"
    assert verdict(claim_id, **{table: frame}) == "holds"


@pytest.mark.parametrize(
    ("claim_id", "table", "date"),
    [
        ("DIP-048", "outreach", "2022-04-14"),
        ("DIP-051", "sanctions", "2023-02-26"),
        ("DIP-064", "statements", "2023-03-24"),
        ("DIP-069", "agreements", "2021-04-24"),
    ],
)
def test_a_single_event_of_another_day_holds_in_part_only(claim_id, table, date):
    frame = tables.load(table)
    found = decide(claim_id, **{table: frame.assign(date=date)})[1]
    assert (found.verdict, found.reason) == ("holds_in_part", "other_period")
    assert verdict(claim_id, **{table: frame}) == "holds"


def test_a_year_after_the_evidence_would_show_that_exports_went_on():
    later = ANNUAL[BACI & ANNUAL["product"].eq("all_terrain_vehicles") & ANNUAL["year"].eq(2023)]
    longer = pd.concat([ANNUAL, later.assign(year=2024)], ignore_index=True)
    assert verdict("CEPA-147") == "not_in_data"
    assert verdict("CEPA-147", trade_annual=longer) == "holds"


@pytest.mark.parametrize("claim_id", ["DIP-006", "DIP-041"])
def test_american_appeals_are_what_is_missing(claim_id):
    american = OUTREACH["outreach_id"].isin(["OUT-003"])
    appealing = replaced(OUTREACH, american, type_group="appeal")
    assert verdict(claim_id) == "holds_in_part"
    assert verdict(claim_id, outreach=appealing) == "holds"
    without = OUTREACH[OUTREACH["bloc"].ne("united_states")]
    assert verdict(claim_id, outreach=without) == "fails"


def test_austin_s_warning_holds_in_full_once_it_is_quoted():
    austin = OUTREACH["person"].eq("Lloyd Austin")
    quoted = replaced(OUTREACH, austin, content="Warned of consequences of support")
    assert verdict("DIP-047") == "holds_in_part"
    assert verdict("DIP-047", outreach=quoted) == "holds"


@pytest.mark.parametrize(("before", "after", "ratio"), [(2.0, 3.0, 1.5), (4.0, 1.0, 0.25)])
def test_ratio(before, after, ratio):
    assert checks._ratio(before, after) == ratio
