"""Smaller graphics show what they showed before."""

import io
import re

import matplotlib.pyplot as plt

from helpers.figures import style, vector


def test_slim_keeps_what_is_drawn():
    drawn = '<?xml?>\n<svg>\n  <text x="1.239">2014-03-18: 1.855</text>\n</svg>'
    assert vector.slim(drawn) == '<svg>\n<text x="1.2">2014-03-18: 1.855</text>\n</svg>'


def test_text_that_looks_like_a_path_stays_as_it_is():
    text = '<text x="1">d="M 1 2 L 3 4 L 5 6" fill="#ffffff"</text>'
    assert vector.slim(f"<svg>{text}</svg>") == f"<svg>{text}</svg>"


def test_empty_groups_go_and_named_ones_stay_balanced():
    svg = '<svg><g id="frame-title"><g><text>a</text></g></g><g><g><path d="M1 2"/></g></g></svg>'
    assert vector.slim(svg) == ('<svg><g id="frame-title"><text>a</text></g><path d="M1 2"/></svg>')


def test_names_that_are_referred_to_stay_and_are_numbered():
    svg = '<svg><path id="m0123456789"/><use xlink:href="#m0123456789"/><g id="axes_1"/></svg>'
    assert vector.slim(svg) == '<svg><path id="i0"/><use xlink:href="#i0"/></svg>'


def test_every_colour_stands_in_a_style_where_a_page_can_replace_it():
    _, ax = style.canvas()
    ax.bar([1, 2], [1, 2], hatch="//", color=style.COLOURS["paper"])
    drawn = io.StringIO()
    ax.figure.savefig(drawn, format="svg")
    plt.close(ax.figure)
    slim = vector.slim(drawn.getvalue())
    assert "<pattern" in slim
    assert re.findall(r' (?:fill|stroke)="#\w+"', slim) == []
