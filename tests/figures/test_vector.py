"""Smaller graphics show what they showed before."""

from helpers.figures import vector


def test_slim_keeps_what_is_drawn():
    drawn = '<?xml?>\n<svg>\n  <text x="1.239">2014-03-18: 1.855</text>\n</svg>'
    assert vector.slim(drawn) == '<svg>\n<text x="1.2">2014-03-18: 1.855</text>\n</svg>'


def test_text_that_looks_like_a_path_stays_as_it_is():
    text = '<text x="1">d="M 1 2 L 3 4 L 5 6"</text>'
    assert vector.slim(f"<svg>{text}</svg>") == f"<svg>{text}</svg>"


def test_empty_groups_go_and_named_ones_stay_balanced():
    svg = '<svg><g id="frame-title"><g><text>a</text></g></g><g><g><path d="M1 2"/></g></g></svg>'
    assert vector.slim(svg) == ('<svg><g id="frame-title"><text>a</text></g><path d="M1 2"/></svg>')


def test_names_that_are_referred_to_stay_and_are_numbered():
    svg = '<svg><path id="m0123456789"/><use xlink:href="#m0123456789"/><g id="axes_1"/></svg>'
    assert vector.slim(svg) == '<svg><path id="i0"/><use xlink:href="#i0"/></svg>'
