"""Vector graphics set into a page: cropped to their panels, in the colours of the page."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Tree

from helpers.figures import style

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
WORDS = ("frame-title", "frame-subtitle", "frame-source")
# What could run in a page, style all of it or lead out of it.
REFUSED = ("script", "foreignObject", "style", "metadata", "a")
# Pixels to a point, on the screen.
PIXELS = 4 / 3
# Below this share of its full size a figure scrolls, so that its words stay legible.
LEAST = 0.82
COLOUR = re.compile(r"#[0-9a-f]{6}\b", re.I)
# The page says once which letters figures have.
FAMILY = re.compile(r"font-family: 'Inter'[^;]*;? ?")
# Colours of the house that follow the page from light to dark.
FOLLOWING = {
    style.COLOURS["ink"].lower(): "var(--ink)",
    style.COLOURS["muted"].lower(): "var(--muted)",
    style.COLOURS["grid"].lower(): "var(--line)",
    style.COLOURS["paper"].lower(): "var(--paper)",
}
# Tones of text that have a lighter twin in the dark.
TONES = {tone.lower(): dark.lower() for tone, dark in style.DARK.items()}

Tree.register_namespace("", SVG.strip("{}"))


def inline(drawing: str, prefix: str, alt: str, panel: Sequence[float] = ()) -> str:
    """Make a vector graphic part of a page.

    Parameters
    ----------
    drawing
        The graphic as its own document.
    prefix
        Put before every id, so that no two graphics of a page share one.
    alt
        What the figure shows, in words.
    panel
        Where its panels begin and end, in points from the top. The words of the frame outside
        are left out; without it the graphic is shown whole.

    Raises
    ------
    ValueError
        If it is not a vector graphic with a viewBox.
    """
    root = _parse(drawing)
    _strip(root, WORDS if panel else ())
    _rename(root, prefix)
    for element in root.iter():
        if "style" in element.attrib:
            slim = FAMILY.sub("", element.attrib["style"]).replace("; ", ";")
            element.set("style", COLOUR.sub(_on_page, slim.replace(": ", ":")))
    _crop(root, panel)
    root.set("role", "img")
    root.set("aria-label", " ".join(alt.split()))
    return Tree.tostring(root, encoding="unicode")


def _parse(drawing: str) -> Tree.Element:
    """Read a graphic; one that declares entities of its own is none of ours."""
    try:
        start = drawing.index("<svg")
        root = Tree.fromstring(drawing[start:])
        _, _, width, height = (float(number) for number in root.get("viewBox", "").split())
    except (Tree.ParseError, ValueError) as error:
        raise ValueError(f"not a vector graphic with a viewBox: {error}") from None
    if width <= 0 or height <= 0:
        raise ValueError("a vector graphic without any size")
    return root


def _strip(root: Tree.Element, words: Sequence[str]) -> None:
    """Take out what could run, style the page or lead out of it, and the groups with these ids."""
    for parent in root.iter():
        for child in list(parent):
            if child.tag.removeprefix(SVG) in REFUSED or child.get("id") in words:
                parent.remove(child)
        for name in [name for name in parent.attrib if name.lower().startswith("on")]:
            del parent.attrib[name]


def _rename(root: Tree.Element, prefix: str) -> None:
    """Put the prefix before every id that is used, and drop the others."""
    values = " ".join(value for element in root.iter() for value in element.attrib.values())
    used = set(re.findall(r"#([\w.-]+)", values))
    for element in root.iter():
        own = element.attrib.pop("id", "")
        if own in used:
            element.set("id", f"{prefix}-{own}")
        target = element.attrib.pop(HREF, "") or element.attrib.pop("href", "")
        if target.startswith("#"):
            element.set("href", f"#{prefix}-{target[1:]}")
        elif target.startswith("data:image/png"):
            element.set("href", target)
        for name in [name for name, value in element.attrib.items() if "url(#" in value]:
            element.set(name, element.attrib[name].replace("url(#", f"url(#{prefix}-"))


def _on_page(found: re.Match) -> str:
    """Give what a page puts for a colour: those of the house follow its mode, marks stay."""
    colour = found[0].lower()
    return f"var(--t-{colour[1:]})" if colour in TONES else FOLLOWING.get(colour, colour)


def _crop(root: Tree.Element, panel: Sequence[float]) -> None:
    """Show only the panels, at their own size where there is room."""
    left, top, width, height = (float(number) for number in root.attrib["viewBox"].split())
    if panel:
        top, height = panel[0], panel[1] - panel[0]
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    full = width * PIXELS
    root.set("viewBox", f"{left:g} {top:g} {width:g} {height:g}")
    least = f"min-width: {LEAST * full:.0f}px"
    # Paper takes its own share of these.
    size = f"--full: {full:.0f}px; --shape: {width / height:.3f}"
    root.set("style", f"max-width: {full:.0f}px; {least}; {size}")


def tokens(dark: bool = False) -> str:
    """Write the tones of text as CSS variables, for light pages or for dark ones."""
    pairs = [(tone, TONES[tone] if dark else tone) for tone in TONES]
    return "".join(f"--t-{tone[1:]}: {colour}; " for tone, colour in pairs).strip()
