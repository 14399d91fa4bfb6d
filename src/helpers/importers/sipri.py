"""Exports of the SIPRI Arms Transfers Database: recognised by their shape, read as tidy frames.

SIPRI hands out one register in two shapes (a line per deal; a line per deal and delivery year)
and yearly tables of volumes. Columns are renamed from time to time and three have no name, so
their place and what stands in them decide. `sipri_tables` makes clean tables of what is read
here.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers.importers import reading
from helpers.importers.reading import problem, refuse
from helpers.schema import Violation

ALL = "All countries"
DEALS = ("recipient", "supplier", "order_year", "order_year_is_estimate", "ordered_units",
         "ordered_units_is_estimate", "designation", "description", "delivered_units",
         "delivered_units_is_estimate", "delivery_years", "condition", "note", "unit_tiv_mn",
         "ordered_tiv_mn", "tiv_mn")  # fmt: skip
UNNAMED = (3, 5, 9)
DELIVERIES = ("deal_id", "supplier", "recipient", "designation", "description", "category",
              "order_year", "order_year_is_estimate", "delivered_units", "is_estimate", "year",
              "year_is_estimate", "condition", "unit_tiv_new_mn", "unit_tiv_mn", "tiv_mn",
              "is_licensed")  # fmt: skip
CONDITIONS = {
    "New": "new",
    "Second hand": "second_hand",
    "Second hand but modernized": "second_hand_modernised",
}
QUESTION_MARKS = {"?": True, "": False}
YES_NO = {"Yes": True, "No": False, "": None}
YEARS = {"low": 1900, "high": 2100, "whole": True}
# SIPRI begins in 1950.
BEGIN = 1950
FORMS = (
    "an export of SIPRI's Arms Transfers Database: the register by deal (16 columns, from"
    " Recipient and Supplier to the TIV of delivered weapons), the register by delivery (17"
    " columns, from the database ID to local production) or a TIV table (one column a year)"
)
TODAY = (
    "an export of armstransfers.sipri.org: Trade Register or Import/Export Values, saved as CSV;"
    " this form of SIPRI's old site has not been handed out since 2024"
)


class Export(NamedTuple):
    """One export of the database.

    `form` is by_deal, by_delivery, tiv_importers, tiv_exporters, tiv_by_recipient or
    tiv_by_supplier; `exported` the ISO day or ""; the years are those that were asked of SIPRI,
    None where the export does not say; `rows` are indexed by line of the file; `n_lines` counts
    the lines below the header that hold something.
    """

    path: Path
    form: str
    exported: str
    first_year: int | None
    last_year: int | None
    supplier: str
    recipient: str
    rows: pd.DataFrame
    n_records: int
    notes: tuple[str, ...] = ()
    n_lines: int = 0


Records = list[tuple[int, list[str]]]


def read(path: Path) -> Export:
    """Recognise and read one export.

    Parameters
    ----------
    path
        The file as SIPRI hands it out, or a copy that was saved again.

    Returns
    -------
    Export
        The tidy rows and what the notes above them say.

    Raises
    ------
    ValueError
        If the file is no export of SIPRI's, is one of its dead forms, or is damaged; every fault
        is named with its line.
    """
    text = reading.text_of(path)
    if text.lstrip().startswith("{\\rtf"):
        refuse([problem(path, 1, "(file)", "a text in RTF, as SIPRI's old site made", TODAY)])
    records = reading.records(text, path)
    at = next((i for i, (_, cells) in enumerate(records) if sum(map(bool, cells)) > 5), None)
    if at is None:
        expected = FORMS + reading.other_separator(text)
        refuse([problem(path, 1, "(file)", records[0][1][0] if records else "", expected)])
    notes_above = "\n".join(",".join(cells).rstrip(",; ") for _, cells in records[:at])
    header, body = _trimmed(records[at:])
    made = _reader(header[1])(path, header, body, notes_above)
    if made.n_records == 0:
        refuse([problem(path, header[0], "(file)", "a header without rows", "rows below it")])
    return _told(made, text, header[0])


def _trimmed(records: Records) -> tuple[tuple[int, list[str]], Records]:
    """Take trailing separators off: a semicolon or an empty cell at the end of every line."""
    (line, header), body = records[0], records[1:]
    header = [cell.strip() for cell in header]
    if header[-1].endswith(";"):
        body = [(n, [*cells[:-1], cells[-1].removesuffix(";")]) for n, cells in body]
        header[-1] = header[-1].removesuffix(";")
    if len(header) > 1 and header[-1] == "":
        width = len(header)
        body = [(n, cells[:-1] if len(cells) == width and not cells[-1].strip() else cells)
                for n, cells in body]  # fmt: skip
        header = header[:-1]
    return (line, header), body


def _reader(header: list[str]):  # noqa: ANN202
    """Choose how to read an export from the shape of its header."""
    if header[0].lower() == "tidn" or (len(header) == 22 and "buyercod" in header):
        return _refuse_old
    if len(header) == len(DEALS) and not any(header[i].strip("?") for i in UNNAMED):
        return _by_deal
    if len(header) == len(DELIVERIES) and header[1:3] == ["Supplier", "Recipient"]:
        return _by_delivery
    if len(header) > 1 and re.fullmatch(r"\d{4}", header[1]):
        return _tiv
    return _refuse_other


def _refuse_old(path: Path, header: tuple, *_: object) -> None:
    found = f"SIPRI's old CSV of {len(header[1])} columns ({header[1][0]}, {header[1][1]} ...)"
    refuse([problem(path, header[0], "(header)", found, TODAY)])


def _refuse_other(path: Path, header: tuple, *_: object) -> None:
    refuse([problem(path, header[0], "(header)", ",".join(header[1]), FORMS)])


def _by_deal(path: Path, header: tuple, body: Records, above: str) -> Export:
    """Read the register by deal."""
    if header[1][:2] != ["Recipient", "Supplier"]:
        _refuse_other(path, header)
    whole, n_broken = _rejoined(body, len(DEALS))
    text = _stripped(reading.frame(whole, list(DEALS), path))
    wrong = _named(text, path, ("recipient", "supplier", "designation"))
    rows = text.copy()
    for column in ("order_year", "ordered_units", "delivered_units"):
        bounds = YEARS if column == "order_year" else {"low": 0, "whole": True}
        rows[column] = _number(text[column], path, wrong, **bounds).astype("Int64")
    for column in ("unit_tiv_mn", "ordered_tiv_mn", "tiv_mn"):
        rows[column] = _number(text[column], path, wrong, low=0)
    for i in UNNAMED:
        rows[DEALS[i]] = _coded(text[DEALS[i]], path, wrong, QUESTION_MARKS)
    rows["condition"] = _coded(text["condition"], path, wrong, CONDITIONS)
    rows["delivery_years"] = _year_lists(text["delivery_years"], path, wrong)
    wrong += _empty(text["order_year"], path) + _empty(text["tiv_mn"], path)
    many = rows["delivered_units"].fillna(0) > 0
    odd = text["delivery_years"][many != (rows["delivery_years"] != "")]
    expected = "years where a number was delivered, none where not"
    wrong += [problem(path, n, "delivery_years", cell, expected) for n, cell in odd.items()]
    export = _export(path, "by_deal", above, rows)
    listed = rows["delivery_years"].str.split(";").explode()
    _check(export, pd.to_numeric(listed, errors="coerce"), wrong)
    joined = f"{n_broken} records were broken by line breaks in their comments and are rejoined"
    return export._replace(notes=(joined,) if n_broken else ())


def _rejoined(body: Records, width: int) -> tuple[Records, int]:
    """Put records together again that a line break inside a cell had broken.

    Pieces are joined only while they fit: the last cell of one and the first of the next were
    one cell, and together there may not be more than `width`.
    """
    whole: Records = []
    n_broken, is_open = 0, False
    for line, cells in body:
        if is_open and len(cells) < width and len(whole[-1][1]) + len(cells) - 1 <= width:
            begin, first = whole[-1]
            middle = f"{first[-1].rstrip()} {cells[0].lstrip()}".strip()
            whole[-1] = (begin, [*first[:-1], middle, *cells[1:]])
            n_broken += len(whole[-1][1]) == width
        else:
            whole.append((line, cells))
        is_open = len(whole[-1][1]) < width
    return whole, n_broken


def _by_delivery(path: Path, header: tuple, body: Records, above: str) -> Export:
    """Read the register by delivery."""
    text = _stripped(reading.frame(body, list(DELIVERIES), path))
    wrong = _named(text, path, ("supplier", "recipient", "designation"))
    rows = text.copy()
    _number(text["deal_id"], path, wrong, low=0, whole=True)
    for column in ("order_year", "year", "delivered_units"):
        bounds = {"low": 0, "whole": True} if column == "delivered_units" else YEARS
        rows[column] = _number(text[column], path, wrong, **bounds).astype("Int64")
    for column in ("unit_tiv_new_mn", "unit_tiv_mn", "tiv_mn"):
        rows[column] = _number(text[column], path, wrong, low=0)
    for column in ("order_year_is_estimate", "is_estimate", "year_is_estimate", "is_licensed"):
        rows[column] = _coded(text[column], path, wrong, YES_NO)
    rows["condition"] = _coded(text["condition"], path, wrong, CONDITIONS)
    # SIPRI wrote the name without its hyphen before 2026.
    rows["category"] = text["category"].replace("Air defence systems", "Air-defence systems")
    for column in ("deal_id", "category", "order_year", "year", "delivered_units", "tiv_mn"):
        wrong += _empty(text[column], path)
    twice = rows[rows.duplicated(["deal_id", "year"])].itertuples()
    wrong += [problem(path, row.Index, "deal_id+year", f"{row.deal_id}, {row.year}", "once only")
              for row in twice]  # fmt: skip
    export = _export(path, "by_delivery", above, rows)
    _check(export, rows["year"], wrong)
    return export


def _export(path: Path, form: str, above: str, rows: pd.DataFrame) -> Export:
    """Put rows together with what the notes above them say."""
    pair = re.search(r"from\s+(.+?)\s+to\s+(.+?)\s*\.\s*Deals with", above)
    span = re.search(r"year range\s+'?(\d{4})'?\s+to\s+'?(\d{4})'?", above)
    supplier, recipient = (side.strip() for side in pair.groups()) if pair else ("", "")
    first, last = (int(year) for year in span.groups()) if span else (None, None)
    return Export(path, form, _day(above), first, last, supplier, recipient, rows, len(rows))


def _day(above: str) -> str:
    """Read the day of the export, "" where there is none."""
    found = re.search(r"Data generated:\s*(\d{1,2} [A-Za-z]{3} \d{4})", above)
    try:
        return datetime.strptime(found[1], "%d %b %Y").date().isoformat() if found else ""
    except ValueError:
        return ""


def _check(export: Export, years: pd.Series, wrong: list[Violation]) -> None:
    """Refuse what cannot be: years not asked for, columns swapped, numbers that do not fit."""
    path, rows = export.path, export.rows
    if export.first_year and export.last_year:
        out = years[years.notna() & ~years.between(export.first_year, export.last_year)]
        asked = f"years from {export.first_year} to {export.last_year}, as line 1 says"
        wrong += [problem(path, n, "year of delivery", f"{y:g}", asked) for n, y in out.items()]
    for side, other in (("supplier", "recipient"), ("recipient", "supplier")):
        named = getattr(export, side)
        if rows[other].eq(named).any() and not rows[side].eq(named).any():
            wrong.append(problem(path, 1, side, f"{named} only as {other}", f"{named}, the {side}"))
    refuse(wrong)
    # In every real export the number delivered times the TIV of a unit is the TIV delivered.
    units = rows["delivered_units"].astype("float64").fillna(0)
    gap = (rows["unit_tiv_mn"] * units - rows["tiv_mn"]).abs()
    for n, cell in rows["tiv_mn"][gap > 0.0051 * units + 0.011].items():
        wrong.append(problem(path, n, "tiv_mn", f"{cell:g}", "number delivered × TIV of a unit"))
    refuse(wrong)


def _tiv(path: Path, header: tuple, body: Records, above: str) -> Export:
    """Read a TIV table: one row a party, one column a year, the total in the last row."""
    line, titles = header
    years = [int(cell) for cell in titles[1:] if re.fullmatch(r"\d{4}", cell)]
    n = len(years)
    expected = list(range(years[0], years[0] + n))
    if titles[n + 1 : n + 2] != [f"{years[0]}-{years[-1]}"] or years != expected:
        found = ",".join(titles)
        sought = "every year of the range once, then their sum (such as 1950-2024)"
        refuse([problem(path, line, "(header)", found, sought)])
    columns = [
        "party",
        *map(str, years),
        "total",
        *(f"rest_{i}" for i in range(len(titles) - n - 2)),
    ]
    text = reading.frame(body, columns, path)
    label = text["party"].iloc[-1].strip() if len(text) else ""
    form, supplier, recipient = _direction(path, titles[0], label, line)
    wrong = _named(text, path, ("party",)) + _twice(text["party"].str.strip(), path)
    cells = text.iloc[:, 1 : n + 2].apply(lambda column: _number(column, path, wrong, low=0))
    refuse(wrong)
    long = cells.melt(ignore_index=False, var_name="column", value_name="tiv_mn")
    long["party"] = text["party"].str.strip()
    long["is_total"] = long.index == text.index[-1]
    _check_sums(path, long, n)
    rows = long[long["column"] != "total"].assign(year=lambda f: f["column"].astype("int64"))
    rows["is_below_half"] = rows["tiv_mn"] == 0
    rows = rows[["party", "year", "tiv_mn", "is_below_half", "is_total"]]
    day = _day(above)
    return Export(path, form, day, years[0], years[-1], supplier, recipient, rows, len(text))


def _direction(path: Path, title: str, label: str, line: int) -> tuple[str, str, str]:
    """Say whose volumes a TIV table holds, from the label of its total and its first title.

    The label is the surer sign; the title speaks only where the label leaves it open.
    """
    world = re.fullmatch(r"Total world (import|export)s?", label, re.IGNORECASE)
    of = re.fullmatch(r"Total (exports (?:from|to)|imports (?:from|to)) (.+)", label, re.IGNORECASE)
    titled = {"recipient": "recipients", "imports by": "recipients",
              "supplier": "suppliers", "exports by": "suppliers"}.get(title.lower())  # fmt: skip
    if world:
        rows = "recipients" if world[1].lower() == "import" else "suppliers"
    elif of:
        said = {"exports from": "recipients", "imports from": None}
        rows = said.get(of[1].lower(), "suppliers") or titled
    else:
        rows = None
    if rows is None or titled not in (None, rows):
        sought = "a TIV table of states that ends with its total; is the file cut off?"
        refuse([problem(path, line, "(table)", f"{title!r} above, {label!r} at the end", sought)])
    if world:
        return ("tiv_importers" if rows == "recipients" else "tiv_exporters"), ALL, ALL
    if rows == "recipients":
        return "tiv_by_recipient", of[2].strip(), ALL
    return "tiv_by_supplier", ALL, of[2].strip()


def _check_sums(path: Path, long: pd.DataFrame, n_years: int) -> None:
    """Refuse a table whose rows do not add up to their own totals, or exceed the total row."""
    cells = long.assign(tiv_mn=long["tiv_mn"].fillna(0))
    is_sum = cells["column"] == "total"
    added = cells[~is_sum].groupby(level=0)["tiv_mn"].sum()
    stated = cells[is_sum]["tiv_mn"]
    gap = (added - stated).abs()
    off = gap[gap > 0.5 * (n_years + 1) + 0.01]
    wrong = [problem(path, line, "(sum)", f"{stated[line]:g}", f"{added[line]:g}, the years' sum")
             for line in off.index]  # fmt: skip
    total = cells[cells["is_total"]].set_index("column")["tiv_mn"]
    parts = cells[~cells["is_total"]].groupby("column")["tiv_mn"].agg(["sum", "size"])
    over = parts["sum"] - total.reindex(parts.index) - 0.5 * (parts["size"] + 1)
    wrong += [problem(path, long.index[-1], column, f"{total[column]:g}", "the rows' sum")
              for column in over[over > 0].index]  # fmt: skip
    refuse(wrong)


def _told(export: Export, text: str, header: int) -> Export:
    """Add what a reader should know about how the file came through."""
    notes = list(export.notes)
    n_lines = sum(not re.fullmatch(r"[\s,;]*", line) for line in text.splitlines()[header:])
    if not text.endswith(("\n", "\r", ";")):
        notes.append("the file ends without a line break; if it was cut off, rows are missing")
    if "\ufffd" in text:
        n = text.count("\ufffd")
        notes.append(f"{n} letters were lost (U+FFFD) when the file was saved before")
    if not export.exported:
        notes.append("the file does not say when it was exported")
    return export._replace(notes=tuple(notes), n_lines=n_lines)


def _stripped(text: pd.DataFrame) -> pd.DataFrame:
    """Write every cell on one line without spaces around it."""
    return text.apply(
        lambda cells: cells.str.replace(r"\s*[\r\n]+\s*", " ", regex=True).str.strip()
    )


def _number(cells: pd.Series, path: Path, wrong: list[Violation], **bounds: object) -> pd.Series:
    """Read numbers and add what is none to the faults."""
    # No weapon was ever delivered by the billion: such a number is a damaged one.
    numbers, bad = reading.numbers(cells, path, **{"high": 1e9, **bounds})
    wrong += bad
    return numbers.mask(numbers.abs() > 1e9)


def _coded(cells: pd.Series, path: Path, wrong: list[Violation], codes: dict) -> pd.Series:
    """Translate cells that may only hold the words of a short list."""
    bad = cells[~cells.isin(list(codes))]
    either = " or ".join(repr(word) for word in codes)
    wrong += [problem(path, n, str(cells.name), cell, either) for n, cell in bad.items()]
    found = cells.map(codes)
    return found if codes is CONDITIONS else found.astype("boolean")


def _year_lists(cells: pd.Series, path: Path, wrong: list[Violation]) -> pd.Series:
    """Write lists such as `2003; 2004` as 2003;2004, in order, each year once."""
    bad = cells[~cells.str.fullmatch(r"((19|20)\d\d(\s*;\s*(19|20)\d\d)*)?")]
    wrong += [problem(path, n, str(cells.name), cell, "years such as 2003; 2004")
              for n, cell in bad.items()]  # fmt: skip
    return cells.map(lambda cell: ";".join(sorted(set(re.findall(r"\d{4}", cell)))))


def _named(text: pd.DataFrame, path: Path, columns: tuple[str, ...]) -> list[Violation]:
    """Find cells without the name that every row must have."""
    return [fault for column in columns for fault in _empty(text[column], path)]


def _empty(cells: pd.Series, path: Path) -> list[Violation]:
    lacking = cells[cells.str.strip() == ""]
    return [problem(path, n, str(cells.name), "", "a value in every row") for n in lacking.index]


def _twice(cells: pd.Series, path: Path) -> list[Violation]:
    again = cells[cells.duplicated()]
    return [problem(path, n, str(cells.name), cell, "each only once") for n, cell in again.items()]
