import pandas as pd
import pytest

from helpers import diff


def deals(*rows):
    columns = [
        "deal_id",
        "designation",
        "ordered_units",
        "delivered_units",
        "delivery_years",
        "tiv_mn",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.astype({"ordered_units": "Int64", "delivered_units": "Int64"})
    return frame.assign(
        supplier="RUS", recipient="CHN", order_year=2010, condition="new", unit_tiv_mn=1.5,
        category="Aircraft", is_licensed=False, unit_tiv_new_mn=1.5,
    )  # fmt: skip


OLD = deals(
    ("1", "Su-27", 10, 10, "2011;2012", 100.0),
    ("2", "Il-76", 5, 5, "2012", 50.0),
    ("3", "R-77", 100, 80, "2013", 8.0),
)


def test_the_same_release_has_no_changes():
    assert diff.deals(OLD, OLD).empty


def test_deals_are_added_gone_and_revised_the_largest_change_first():
    new = deals(
        ("1", "Su-27SK", 10, 10, "2011;2012", 100.0),
        ("3", "R-77", 100, 100, "2013;2014", 10.0),
        ("4", "Su-35", 24, 24, "2016", 240.0),
    )
    found = diff.deals(OLD, new)
    assert found[["deal_id", "change", "tiv_change_mn"]].values.tolist() == [
        ["4", "added", 240.0],
        ["2", "gone", -50.0],
        ["3", "revised", 2.0],
    ]
    assert found["designation"].tolist() == ["Su-35", "Il-76", "R-77"]
    assert found["what"].tolist()[2] == (
        "units delivered 80 to 100; years of delivery with 2014; million TIV 8 to 10"
    )


def test_another_name_is_no_revision():
    assert diff.deals(OLD, OLD.assign(designation="another")).empty


def test_what_one_side_does_not_say_is_no_revision():
    assert diff.deals(
        OLD, OLD.assign(ordered_units=OLD["ordered_units"].mask(OLD["deal_id"] == "1"))
    ).empty


def deliveries(*rows):
    return pd.DataFrame(rows, columns=["deal_id", "year", "delivered_units", "tiv_mn"])


def test_deliveries_are_compared_by_deal_and_year_where_both_cover_the_year():
    old = deliveries(("1", 1994, 9, 9.0), ("1", 2001, 4, 4.0), ("1", 2002, 6, 6.0))
    new = deliveries(("1", 2001, 4, 4.0), ("1", 2003, 6, 6.0), ("2", 2001, 1, 0.5))
    found = diff.years(old, new)
    assert found[["deal_id", "year", "change", "tiv_change_mn"]].values.tolist() == [
        ["1", 2002, "gone", -6.0],
        ["1", 2003, "added", 6.0],
        ["2", 2001, "added", 0.5],
    ]


def tiv(*rows):
    columns = ["supplier", "recipient", "year", "basis", "tiv_mn"]
    return pd.DataFrame(rows, columns=columns)


def test_volumes_take_the_best_basis_and_pass_over_rounding():
    old = tiv(
        ("RUS", "CHN", 2018, "official_table", 1656.0), ("RUS", "CHN", 2019, "official_table", 7.0)
    )
    new = tiv(
        ("RUS", "CHN", 2018, "register_sum", 1905.8),
        ("RUS", "CHN", 2018, "mirror_sum", 1656.0),
        ("RUS", "CHN", 2019, "register_sum", 7.4),
        ("RUS", "CHN", 2025, "register_sum", 9000.0),
    )
    found = diff.volumes(old, new)
    assert found[["year", "change"]].values.tolist() == [[2018, "revised"], [2025, "added"]]
    assert found["tiv_change_mn"].tolist() == pytest.approx([249.8, 9000.0])


def test_the_package_knows_what_sipri_revised_in_2026():
    found = diff.compare(diff.side("2025-03"), diff.side("2026-03"))
    by_id = found["deals"].set_index("deal_id")
    assert set(by_id["change"]) == {"revised"}
    assert by_id.loc["65749", "what"].startswith("units ordered 250 to 400")
    volume = found["volumes"].set_index(["supplier", "recipient", "year"])
    revised = volume.loc[("RUS", "CHN", 2018)]
    assert (revised["old_tiv_mn"], revised["new_tiv_mn"]) == (1656, 1905.75)
    assert found["years"].empty
    changed = found["claims"]
    assert len(changed)
    same = changed["old_observed"] == changed["new_observed"]
    assert (~same | (changed["old_verdict"] != changed["new_verdict"])).all()


def test_comparing_a_release_with_itself_changes_no_claim():
    assert diff.claims(diff.side("2025-03"), diff.side("2025-03")).empty


def test_the_text_counts_and_names():
    sides = diff.side("2025-03"), diff.side("2026-03")
    text = diff.as_text(diff.compare(*sides), *sides)
    assert "Deals: 0 added, 0 gone, 9 revised" in text
    assert "RUS to CHN in 2018: 1,656 to 1,906" in text
    assert "not imported for both" in text


@pytest.mark.parametrize("text", ["2030-03", "nowhere", "tests"])
def test_a_side_that_is_not_there_is_refused(text):
    with pytest.raises(ValueError, match="neither a release at hand"):
        diff.side(text)


def test_steps_compare_each_release_with_the_one_before():
    three = pd.concat(
        [
            OLD.assign(release="2025-03"),
            OLD.assign(release="2024-03"),
            OLD[OLD["deal_id"] != "2"].assign(release="2026-03"),
        ]
    )
    found = diff.steps(three)
    assert found[["from_release", "to_release", "deal_id", "change"]].values.tolist() == [
        ["2025-03", "2026-03", "2", "gone"]
    ]
    assert diff.steps(OLD.assign(release="2025-03")).empty


def test_deals_without_a_number_are_known_by_what_does_not_change():
    old = OLD.assign(deal_id=["x-RUS-CHN-2010-1", "x-RUS-CHN-2010-2", "x-RUS-CHN-2010-3"])
    old["unit_tiv_mn"] = [10.0, 20.0, 0.1]
    # The same three in another order, so with other running numbers, and one of them revised.
    new = old.iloc[::-1].assign(deal_id=old["deal_id"].to_numpy())
    assert diff.deals(old, new).empty
    new.loc[0, ["delivered_units", "delivery_years", "tiv_mn"]] = [12, "2011;2013", 120.0]
    found = diff.deals(old, new)
    assert found[["designation", "change", "tiv_change_mn"]].values.tolist() == [
        ["Su-27", "revised", 20.0]
    ]


def test_running_numbers_alone_never_make_two_deals_one():
    old = OLD.head(1).assign(deal_id="x-RUS-CHN-2010-1")
    new = OLD.tail(1).assign(deal_id="x-RUS-CHN-2010-1", unit_tiv_mn=9.0)
    assert sorted(diff.deals(old, new)["change"]) == ["added", "gone"]
