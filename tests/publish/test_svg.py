"""Vector graphics set into a page."""

import re
from xml.etree import ElementTree as Tree

import pytest

from helpers.figures import style
from helpers.publish import svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
ALT = "Bars of 3 years"


def drawing(content="", box="0 0 576 300"):
    return f'<?xml version="1.0"?>{HEAD}width="576pt" viewBox="{box}">{content}</svg>'


def inlined(content="", panel=(), prefix="figure-1"):
    return svg.inline(drawing(content), prefix, ALT, panel)


def test_the_graphic_names_itself_as_an_image_with_its_words():
    root = Tree.fromstring(svg.inline(drawing(), "f", 'A "bar" <b> & more'))
    assert (root.get("role"), root.get("aria-label")) == ("img", 'A "bar" <b> & more')


def test_a_panel_is_cropped_and_the_words_of_the_frame_are_taken_out():
    words = '<g id="frame-title"><text>Title</text></g><g id="frame-source"><text>S</text></g>'
    shown = inlined(f"{words}<text>kept</text>", panel=(40.5, 270))
    assert 'viewBox="0 40.5 576 229.5"' in shown
    assert re.findall(r"<text>(\w+)</text>", shown) == ["kept"]


def test_paper_knows_the_size_and_the_shape_of_the_panel():
    shown = inlined(panel=(40, 280))
    assert "--full: 768px; --shape: 2.400" in shown


def test_without_a_panel_the_graphic_is_whole():
    shown = inlined('<g id="frame-title"><text>Title</text></g>')
    assert 'viewBox="0 0 576 300"' in shown
    assert "Title" in shown


def test_ids_of_two_graphics_do_not_clash_and_their_references_still_lead_to_them():
    content = (
        '<defs><clipPath id="i0"><rect/></clipPath><path id="i1"/></defs>'
        '<g id="unused"><use xlink:href="#i1" clip-path="url(#i0)"/></g>'
        '<path style="fill: url(#i0)"/>'
    )
    one, other = inlined(content, prefix="figure-1"), inlined(content, prefix="figure-2")
    ids = [set(re.findall(r'\bid="([^"]*)"', shown)) for shown in (one, other)]
    assert ids == [{"figure-1-i0", "figure-1-i1"}, {"figure-2-i0", "figure-2-i1"}]
    assert set(re.findall(r"#([\w-]+)", one)) == ids[0]


def test_colours_of_the_house_follow_the_page_and_marks_keep_theirs():
    house = {
        "ink": "var(--ink)",
        "muted": "var(--muted)",
        "grid": "var(--line)",
        "paper": "var(--paper)",
        "russia": style.COLOURS["russia"].lower(),
        "on_dark": style.COLOURS["on_dark"].lower(),
        "on_light": style.COLOURS["on_light"].lower(),
    }
    for name, expected in house.items():
        colour = style.COLOURS[name]
        for written in (colour, colour.lower()):
            assert f"fill:{expected}" in inlined(f'<path style="fill: {written}"/>')


def test_every_tone_of_text_has_a_variable_on_light_and_on_dark_pages():
    tone = style.text_tone(style.COLOURS["russia"])
    shown = inlined(f'<text style="fill: {tone}">Russia</text>')
    name = re.search(r"fill:var\((--t-\w+)\)", shown)[1]
    assert f"{name}: {tone.lower()};" in svg.tokens()
    assert f"{name}: {style.DARK[tone].lower()};" in svg.tokens(dark=True)
    assert svg.tokens().count(";") == svg.tokens(dark=True).count(";") == len(style.DARK)


HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an event": '<path onclick="alert(1)" d="M0 0"/>',
    "a frame": '<foreignObject><iframe src="https://a.example/"/></foreignObject>',
    "a style": "<style>* { display: none }</style>",
    "a link": '<a xlink:href="javascript:alert(1)"><text>x</text></a>',
    "an outer image": '<image xlink:href="https://a.example/x.png"/>',
    "an outer use": '<use href="https://a.example/x.svg#a"/>',
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_that_runs_or_leads_out_comes_into_the_page(kind):
    shown = inlined(HOSTILE[kind] + '<path d="M1 2"/>')
    assert not re.search(r"alert|a\.example|display: none|<(script|style|a|foreignObject)\b", shown)
    assert 'd="M1 2"' in shown


@pytest.mark.parametrize(
    "broken",
    ["", "<p>", "<svg", drawing("<g>"), drawing(box="0 0 0 300"), drawing(box="1 2"), HEAD + "/>"],
)
def test_what_is_no_graphic_is_refused(broken):
    with pytest.raises(ValueError, match="vector graphic"):
        svg.inline(broken, "f", ALT)
