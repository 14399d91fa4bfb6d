"""Colours that are used together stay apart for colour-blind readers and in grey print.

Colour blindness is simulated with the matrices of Machado, Oliveira and Fernandes (2009), A
Physiologically-based Model for Simulation of Color Vision Deficiency, IEEE Transactions on
Visualization and Computer Graphics 15(6), severity 1.0. Distances are CIE 1976 Lab; at 10 two
areas differ at a glance, where about 2 is just seen side by side.
"""

from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from helpers.figures import curves, flows, grids, sizes, style

APART = 10
SIGHT = {
    "usual": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
}
XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
       [0.0193339, 0.1191920, 0.9503041]]  # fmt: skip
WHITE = [0.95047, 1.0, 1.08883]


def lab(colour, sight):
    """Give a colour, as somebody sees it, in CIE Lab under D65."""
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIGHT[sight]) @ linear, 0, 1)
    x, y, z = np.array(XYZ) @ seen / WHITE
    fx, fy, fz = (np.cbrt(t) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def distance(one, other, sight):
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


def too_close(pairs, sights):
    return [
        (one, other, sight, round(distance(one, other, sight), 1))
        for one, other in pairs
        for sight in sights
        if distance(one, other, sight) < APART
    ]


COLOUR_SIGHT = [sight for sight in SIGHT if sight != "grey"]
TOGETHER = {
    "palette": style.PALETTE,
    "verdicts": list(style.VERDICT_COLOURS.values()),
    "eras": style.ERA_COLOURS,
}


def test_the_simulations_are_what_they_say():
    assert distance("#FF0000", "#FF0000", "protanopia") == 0
    assert distance("#000000", "#FFFFFF", "usual") == pytest.approx(100, abs=0.1)
    assert distance("#D55E00", "#7A6C00", "usual") > 40 > APART > 5 > distance(
        "#D55E00", "#7A6C00", "protanopia"
    )  # fmt: skip
    red, _, _ = lab("#FF0000", "grey")
    assert red == pytest.approx(53.2, abs=0.1)


@pytest.mark.parametrize("name", TOGETHER)
def test_colours_used_together_stay_apart_for_colour_blind_readers(name):
    assert too_close(combinations(TOGETHER[name], 2), COLOUR_SIGHT) == []


def test_verdicts_and_eras_stand_in_an_order_that_grey_print_keeps_apart():
    assert too_close(pairwise(style.ERA_COLOURS), ["grey"]) == []
    given = dict(zip(TOGETHER["verdicts"], style.hatches(TOGETHER["verdicts"]), strict=True))
    plain = [colour for colour, hatch in given.items() if not hatch]
    assert too_close(combinations(plain, 2), ["grey"]) == []
    assert given[style.VERDICT_COLOURS["fails"]]


@pytest.mark.parametrize("name", TOGETHER)
def test_what_grey_print_would_mix_up_differs_by_its_hatch(name):
    colours = TOGETHER[name]
    looks = list(zip(colours, style.hatches(colours), strict=True))
    mixed = [
        (one, other)
        for (one, hatch), (other, hatch_2) in combinations(looks, 2)
        if hatch == hatch_2 and distance(one, other, "grey") < APART
    ]
    assert mixed == []


def test_datasets_and_pairs_of_states_stay_apart_for_colour_blind_readers():
    from helpers import trade

    datasets = list(flows.dataset_colours(trade.CHINA_TO_RUSSIA).values())
    assert too_close(combinations(datasets, 2), COLOUR_SIGHT) == []
    for pair in (("CHN", "RUS"), ("TUR", "KAZ"), ("CHN", "KAZ"), ("TUR", "RUS")):
        assert too_close([flows.pair_colours(*pair)], COLOUR_SIGHT) == []


@pytest.mark.parametrize("looks", [grids.LINKS, sizes.SCOPES])
def test_marks_on_a_time_axis_differ_by_shape_too(looks):
    shapes = [part for look in looks.values() for part in look[1:] if len(part) == 1]
    assert len(set(shapes)) == len(looks)


@pytest.mark.parametrize("levels", [grids.LEVELS, grids.CLAUSES])
def test_levels_differ_by_their_letter_too(levels):
    letters = [letter for letter, _, _ in levels.values()]
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize("colour", [*style.PALETTE, *style.ERA_COLOURS, style.COLOURS["other"]])
def test_the_tone_of_a_label_reads_on_paper_by_day_and_by_night(colour):
    tone = style.text_tone(colour)
    assert style.contrast(tone, style.COLOURS["paper"]) >= 4.5
    assert style.contrast(style.DARK[tone], style.NIGHT) >= 4.5
    assert tone.lower() != colour.lower()


def test_every_tone_is_one_colour_s_own_so_that_a_page_can_replace_it():
    marks = [*style.PALETTE, *style.ERA_COLOURS, *style.COLOURS.values(),
             *style.VERDICT_COLOURS.values()]  # fmt: skip
    assert not {colour.lower() for colour in marks} & {tone.lower() for tone in style.DARK}


GROUNDS = [
    *style.PALETTE, *style.ERA_COLOURS, *style.VERDICT_COLOURS.values(), style.COLOURS["other"],
    *(colour for _, colour, _ in [*grids.LEVELS.values(), *grids.CLAUSES.values()]),
    *(grids.SHADES(step / 20) for step in range(21)),
]  # fmt: skip


@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_what_is_written_on_a_mark_reads(ground):
    assert style.contrast(style.ink_on(ground), ground) >= 4.5


def test_what_is_written_on_a_mark_is_not_replaced_in_dark_mode():
    page = {style.COLOURS[name] for name in ("ink", "muted", "grid", "paper")}
    assert not page & {style.COLOURS["on_dark"], style.COLOURS["on_light"]}


def test_marks_of_verdicts_in_a_curve_differ_by_shape():
    import matplotlib.pyplot as plt

    _, ax = style.canvas()
    at = np.array([0.0])
    for verdict in style.VERDICT_COLOURS:
        curves._marks(ax, at, at, verdict)
    shapes = [(line.get_marker(), str(line.get_solid_capstyle())) for line in ax.lines[:4]]
    assert len(set(shapes)) == 4
    plt.close("all")
