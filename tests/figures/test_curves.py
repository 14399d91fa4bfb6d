"""Specification curves: what is drawn is what was measured."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from helpers import robustness
from helpers.claims import VERDICTS
from helpers.figures import curves, style
from helpers.robustness import CODES, Curve

INF, NAN = np.inf, np.nan
ROWS = pd.DataFrame(
    {
        "year_rule": ["delivery", "delivery", "delivery", "order", "order", "order"],
        "base_year": [2021, 2020, 2019, 2021, 2020, 2019],
        "observed": [3.0, 10.0, 2.0, NAN, 9.0, INF],
        "low": [1.0, NAN, 1.5, NAN, 8.0, 2.0],
        "high": [4.0, NAN, 2.5, NAN, INF, INF],
        "verdict": ["holds", "fails", "holds", "not_in_data", "holds_in_part", "fails"],
    }
)


@pytest.fixture
def axes():
    fig, (above, below) = style.canvas(height=4, rows=2, sharex=True)
    yield above, below
    plt.close(fig)


@pytest.fixture
def shown(monkeypatch):
    seen = []
    monkeypatch.setattr(style, "display", lambda bundle, **more: seen.append((bundle, more)))
    return seen


@pytest.fixture
def curve_of(claim_of):
    """Make a curve of numbers and verdicts over one choice of as many settings."""

    def make(observed, verdict, low=None, high=None, **said):
        codes = np.array([CODES.index(v) for v in verdict])
        nothing = [NAN] * len(observed)
        bounds = (np.array(part or nothing, dtype=float) for part in (low, high))
        settings = [[f"s{i}" for i in range(len(observed))]]
        claim = claim_of(choices=("base_year",), **said)
        return Curve(
            claim, ("base_year",), settings, np.array(observed, dtype=float), *bounds, codes
        )

    return make


def labelled(ax):
    """Give the marks of each verdict as pairs of place and estimate."""
    names = set(VERDICTS.values())
    found = {}
    for line in ax.lines:
        if line.get_label() in names:
            pairs = zip(*(np.asarray(d, dtype=float) for d in line.get_data()), strict=True)
            found[line.get_label()] = sorted({pair for pair in pairs if np.isfinite(pair[1])})
    return found


def levels(ax):
    """Give the heights of the lines that cross the whole axis."""
    return [line.get_ydata()[0] for line in ax.lines if list(line.get_xdata()) == [0, 1]
            and line.get_ydata()[0] == line.get_ydata()[1]]  # fmt: skip


def settings_marked(ax, name):
    """Give the places at which a setting is marked."""
    labels = [text.get_text() for text in ax.get_yticklabels()]
    height = ax.get_yticks()[labels.index(name)]
    found = []
    for line in ax.lines:
        x, y = (np.asarray(part, dtype=float).reshape(-1, 3) for part in line.get_data())
        for (start, end, _), (level, *_) in zip(x, y, strict=True):
            if level == pytest.approx(height):
                found += range(round(start + 0.36), round(end - 0.36) + 1)
    return sorted(found)


def test_every_finite_estimate_is_marked_once_by_its_verdict(axes):
    curves.specification_curve(*axes, ROWS, {})
    assert labelled(axes[0]) == {
        "holds": [(0, 2), (1, 3)],
        "holds in part": [(2, 9)],
        "fails": [(3, 10)],
    }


def test_estimates_stand_in_order_of_size_as_numbers(axes):
    curves.specification_curve(*axes, ROWS, {})
    marks = sorted(pair for pairs in labelled(axes[0]).values() for pair in pairs)
    assert [estimate for _, estimate in marks] == [2, 3, 9, 10]
    assert [place for place, _ in marks] == [0, 1, 2, 3]


def test_whole_numbers_are_not_sorted_as_text(axes):
    whole = ROWS[np.isfinite(ROWS["observed"])].astype({"observed": int})
    curves.specification_curve(*axes, whole, {})
    marks = sorted(pair for pairs in labelled(axes[0]).values() for pair in pairs)
    assert [estimate for _, estimate in marks] == [2, 3, 9, 10]


def test_missing_and_infinite_intervals_draw_nothing(axes):
    curves.specification_curve(*axes, ROWS, {})
    grey = [line for line in axes[0].lines if line.get_color() == style.COLOURS["muted"]]
    (strokes,) = [line.get_xydata() for line in grey]
    drawn = strokes[~np.isnan(strokes).any(axis=1)]
    assert drawn.tolist() == [[0, 1.5], [0, 2.5], [1, 1], [1, 4]]


def test_what_is_claimed_is_drawn_across(axes):
    curves.specification_curve(*axes, ROWS, {"claimed": 5.0, "strict": 8.0})
    assert levels(axes[0]) == [5, 8]
    assert {"claimed", "strict"} <= {text.get_text() for text in axes[0].texts}


def test_there_is_one_row_for_every_setting_of_every_choice(axes):
    curves.specification_curve(*axes, ROWS, {})
    assert [text.get_text() for text in axes[1].get_yticklabels()] == [
        "weapons counted in the year of delivery", "weapons counted in the year of order",
        "2021 as the base year", "2020 as the base year", "2019 as the base year",
    ]  # fmt: skip


def test_every_estimate_has_the_marks_of_its_own_settings(axes):
    curves.specification_curve(*axes, ROWS, {})
    below = axes[1]
    assert settings_marked(below, "weapons counted in the year of delivery") == [0, 1, 3]
    assert settings_marked(below, "weapons counted in the year of order") == [2]
    assert settings_marked(below, "2019 as the base year") == [0]
    assert settings_marked(below, "2020 as the base year") == [2, 3]
    assert settings_marked(below, "2021 as the base year") == [1]


def test_the_run_s_own_combination_is_pointed_out(axes):
    curves.specification_curve(*axes, ROWS, {})
    assert [text.get_text() for text in axes[0].get_xticklabels()] == ["this run"]
    assert list(axes[0].get_xticks()) == [1]
    for ax in axes:
        (ground,) = ax.patches
        assert ground.get_bbox().intervalx.tolist() == pytest.approx([0.9, 1.1])


def test_a_run_without_an_estimate_is_not_pointed_out(axes):
    silent = ROWS.assign(observed=[NAN, 10.0, 2.0, NAN, 9.0, 5.0])
    curves.specification_curve(*axes, silent, {})
    assert [text.get_text() for text in axes[0].get_xticklabels()] == []
    assert [*axes[0].patches, *axes[1].patches] == []


def test_lines_at_nearly_the_same_height_have_names_apart(axes):
    lines = {"loose": 5.0, "claimed": 5.01, "strict": 5.02}
    curves.specification_curve(*axes, ROWS, lines)
    heights = [text.xy[1] for text in axes[0].texts if text.get_text() in lines]
    assert min(np.diff(sorted(heights))) > 0.05


def test_where_only_whole_numbers_were_found_ticks_are_whole(axes):
    years = ROWS.assign(observed=[2.0, 3, 2, NAN, 3, INF], low=NAN, high=NAN)
    curves.specification_curve(*axes, years, {})
    assert all(tick == round(tick) for tick in axes[0].get_yticks())


def test_of_many_combinations_the_ends_and_the_run_s_own_are_drawn():
    dice = np.random.default_rng(3)
    many = pd.DataFrame({"observed": dice.normal(size=1000), "low": NAN, "high": NAN,
                         "verdict": "holds", "baseline": "x"})  # fmt: skip
    kept = curves.drawn(many)
    assert curves.DRAWN <= len(kept) <= curves.DRAWN + 1
    assert 0 in kept.index
    assert kept["observed"].min() == many["observed"].min()
    assert kept["observed"].max() == many["observed"].max()
    assert kept["observed"].is_monotonic_increasing


def test_the_title_says_how_often_each_verdict_came_out(shown, curve_of):
    curves.show_curve(curve_of([1, 2, 3, 4], ["holds", "holds", "fails", "holds"]))
    assert shown[0][1]["metadata"]["title"] == (
        "CEPA-999 holds in 75% and fails in 25% of 4 combinations"
    )
    assert "from 1 to 4 things" in shown[0][1]["metadata"]["alt"]


@pytest.mark.parametrize("observed", [[NAN, NAN], [INF, INF], [7.0, NAN]])
def test_nothing_is_drawn_without_two_estimates(shown, curve_of, observed):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        curves.show_curves([curve_of(observed, ["fails", "not_in_data"])])
    assert [bundle for bundle, _ in shown if "image/svg+xml" in bundle] == []


def test_the_alternative_text_gives_finite_ends_only(shown, curve_of):
    curves.show_curve(curve_of([2, 5, INF], ["holds", "holds", "fails"]))
    assert "inf" not in shown[0][1]["metadata"]["alt"]
    assert "from 2 to 5" in shown[0][1]["metadata"]["alt"]


def test_every_end_of_what_is_claimed_has_its_line(claim_of):
    vague = claim_of(expected_loose=5.0, expected_strict=20.0)
    assert sorted(curves._lines(vague).values()) == [5, 10, 20]
    ranged = claim_of(operator="between", expected_high=30.0)
    assert sorted(curves._lines(ranged).values()) == [10, 30]
    assert curves._lines(claim_of(operator="increase", expected=NAN)) == {}


def test_the_same_curve_has_the_same_bytes(shown, curve_of):
    one = curve_of([1, 2, 3], ["holds", "holds_in_part", "fails"], [0, 1, NAN], [2, 3, NAN])
    curves.show_curve(one)
    curves.show_curve(one)
    assert shown[0] == shown[1]
    assert shown[0][0]["image/svg+xml"].startswith("<svg")


def test_text_of_the_ledger_does_not_become_markup(shown, curve_of):
    one = curve_of([1, 2], ["holds", "fails"], paraphrase="<script>x</script> & $y$", unit="<b>")
    curves.show_curve(one)
    assert "<script>" not in shown[0][0]["image/svg+xml"]
    assert "<b>" not in shown[0][0]["image/svg+xml"]


def test_a_claim_without_choices_does_not_move(claim_of):
    number = np.array(7.0)
    one = Curve(claim_of(), (), [], number, np.array(NAN), np.array(NAN), np.array(2))
    assert len(robustness.measured(one)) == 1
    assert not curves.moves(one)


def test_every_mark_of_many_reaches_the_picture(curve_of, shown):
    many = curves.DRAWN
    one = curve_of(np.arange(many), ["holds_in_part"] * many)
    curves.show_curve(one)
    (bundle, _) = shown[0]
    drawn = re.findall(
        r"<path d=\"([^\"]*)\" clip-path[^>]*width: 4.2; stroke-linecap: square",
        bundle["image/svg+xml"],
    )
    assert sum(path.count("M") for path in drawn) == many


def test_the_table_behind_a_curve_has_every_combination_drawn_in_its_order(shown, curve_of):
    curves.show_curve(curve_of([5, 2, NAN], ["holds", "fails", "not_in_data"], [4, 1, NAN]))
    assert shown[0][0]["text/csv"].splitlines() == [
        "Estimate (things),From (things),To (things),Verdict,Base year",
        "2,1,,fails,s1",
        "5,4,,holds,s0",
    ]


def test_a_curve_says_when_its_title_counts_more_judgements_than_it_draws(shown, claim_of):
    claim = claim_of(choices=("base_year", "reading"))
    codes = np.array([[CODES.index(v)] * 3 for v in ("holds", "fails")])
    nothing = np.full((2, 3), NAN)
    settings = [[2021, 2020], ["default", "loose", "strict"]]
    found = np.array([[1.0] * 3, [2.0] * 3])
    one = Curve(claim, ("base_year", "reading"), settings, found, nothing, nothing, codes)
    curves.show_curve(one)
    words = shown[0][1]["metadata"]
    assert "6 combinations" in words["title"]
    assert "Drawn: 2 estimates" in words["subtitle"]
    assert "3 such judgements of each" in words["subtitle"]


def test_estimates_that_are_all_the_same_are_not_drawn_but_counted(shown, curve_of, monkeypatch):
    said = []
    monkeypatch.setattr(curves.prose, "say", said.append)
    curves.show_curves([curve_of([2, 2], ["holds", "fails"]), curve_of([1, 2], ["holds", "fails"])])
    assert len(shown) == 1
    assert said[0].startswith("For 1 further claim with more than one verdict")


def test_where_no_estimate_moves_nothing_is_drawn(shown, curve_of, monkeypatch):
    said = []
    monkeypatch.setattr(curves.prose, "say", said.append)
    curves.show_curves([curve_of([2, NAN], ["holds", "not_in_data"])])
    assert shown == []
    assert said[0].startswith("For 1 claim with")
