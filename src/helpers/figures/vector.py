"""Vector graphics as matplotlib writes them, made smaller and the same at every run."""

import re

# matplotlib takes the signs that Inter lacks from DejaVu Sans. Where Inter is missing, a reader's
# program should fall back on letters that are no wider, or titles run over the edge.
WRITTEN_IN = "'Inter', 'DejaVu Sans', sans-serif"
SHOWN_IN = "'Inter', Helvetica, Arial, sans-serif"


def slim(svg: str) -> str:
    r"""Take from a vector graphic what nobody sees: metadata, indentation, surplus decimals.

    Only coordinates are rounded, to a tenth of a point; text that is drawn stays as it is. Of the
    ids those stay that something refers to, and those of the frame.

    Examples
    --------
    >>> slim('<?xml?><svg>\n  <metadata>x</metadata>\n  <path d="M 1.23456 2.00"/>1.85\n</svg>')
    '<svg>\n<path d="M1.2 2"/>1.85\n</svg>'
    """
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.S)
    svg = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", svg)
    svg = re.sub(r"<[^>]*>", lambda tag: _rounded(tag[0]), svg)
    used = set(re.findall(r"#([\w-]+)", svg))
    svg = re.sub(
        r' id="([^"]*)"',
        lambda name: name[0] if name[1] in used or name[1].startswith("frame-") else "",
        svg,
    )
    # Ids are hashes of coordinates, which the layout gives to the last bit only; numbering them
    # keeps the same figure the same bytes.
    for number, name in enumerate(dict.fromkeys(re.findall(r'\bid="(\w*[0-9a-f]{10})"', svg))):
        svg = svg.replace(f'"{name}"', f'"i{number}"').replace(f"#{name}", f"#i{number}")
    return re.sub(r"\n\s+", "\n", _flat(svg)).replace(WRITTEN_IN, SHOWN_IN)


def _short(path: str) -> str:
    """Write a path without the letters that follow from the ones before them.

    Examples
    --------
    >>> _short("M 1 2 L 3 4 L 5 6 C 1 1 2 2 3 3 L 7 8 z")
    'M1 2 3 4 5 6C1 1 2 2 3 3L7 8z'
    """
    path = re.sub(r"[ML] \S+ \S+(?:\s+L \S+ \S+)+", lambda run: re.sub(r"\s+L ", " ", run[0]), path)
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", path).strip()


def _flat(svg: str) -> str:
    """Take away groups that group nothing: those without a name or a style.

    Examples
    --------
    >>> _flat('<g><g id="a"><g id="b"/><g><path/></g></g></g>')
    '<g id="a"><path/></g>'
    """
    kept, parts = [], []
    for part in re.split(r"(</?g\b[^>]*>)", re.sub(r"<g\b[^>]*/>", "", svg)):
        if part.startswith("<g"):
            kept.append(part != "<g>")
        is_kept = kept.pop() if part == "</g>" else part != "<g>"
        parts += [part] if is_kept else []
    return "".join(parts)


def _rounded(tag: str) -> str:
    """Round the numbers in one tag to a tenth, shorten the path in it, and style its colour.

    The ground of a hatch is the one colour outside a style, where a page in dark mode would not
    replace it.
    """
    tag = re.sub(r' fill="(#\w{6})"', r' style="fill: \1"', tag)
    tag = re.sub(r"\d+\.\d{2,}", lambda n: f"{float(n[0]):.1f}".removesuffix(".0"), tag)
    return re.sub(r'(?<= d=")[^"]*', lambda path: _short(path[0]), tag)
