"""Exports of the Chinese customs' query page (stats.customs.gov.cn) in.

A file holds eight-digit codes by partner and, as the query asked, by customs regime and province.
The older files say neither the period nor the direction, newer ones hold the month in a column of
its own. Partners have the customs' own numbers: 344 is Russia here and Hong Kong to the United
Nations. Lines are summed to six digits; weights count where the unit is the kilogram, and a
weight of 0 beside a value means that none is known (or less than half a kilogram).
"""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from helpers import schema
from helpers.importers import codes, growing, reading
from helpers.schema import Violation

KIND = "gacc"
# Titles of the English and the Chinese page.
TITLES = {
    "month": ("Date of data", "数据年月"),
    "code": ("Commodity code", "商品编码"),
    "partner": ("Trading partner code", "贸易伙伴编码"),
    "regime": ("Customs Regime code", "贸易方式编码"),
    "place": ("Locations of importers and exporters code", "注册地编码"),
    "quantity": ("Quantity", "第一数量"),
    "unit": ("Unit", "第一计量单位"),
    "quantity_2": ("Supplementary Quantity", "第二数量"),
    "unit_2": ("Supplementary Unit", "第二计量单位"),
    "value_usd": ("US dollar", "美元"),
}
NEEDED = ["code", "partner", "value_usd"]
FINEST = ["month", "code", "partner", "regime", "place"]
KILOGRAM = ("kilogram", "千克")
NUMBERS = ["quantity", "quantity_2", "value_usd"]
FLOWS = ("export", "import")
# First year in which China's tariff follows a revision of the Harmonised System.
REVISIONS = {2007: "HS2007", 2012: "HS2012", 2017: "HS2017", 2022: "HS2022"}
# The page hands out at most ten thousand lines and does not say that there are more.
CAP = range(9_999, 10_001)
SOURCE = {
    "source_id": "gacc-own",
    "publisher": "General Administration of Customs of China (GACC)",
    "title": "Customs statistics, exports of your own",
    "url": "http://stats.customs.gov.cn/",
    "date": "",
    "kind": "dataset",
    "licence": "",
    "note": "The files are named in import.json of the set.",
}


def run(
    files: list[Path],
    folder: Path,
    period: str | None = None,
    flow: str | None = None,
    say: Callable[[str], None] = print,
) -> Path:
    """Import exports of the Chinese customs into the set `gacc` of a data folder.

    Parameters
    ----------
    files
        All files of one query: their lines are added up.
    folder
        The data folder.
    period
        Year (2023) or month (2023-05) of the query; not needed where the files hold the month.
    flow
        What the query asked for: export or import, as China sees it.
    say
        Takes what the analyst should know.

    Returns
    -------
    pathlib.Path
        The folder of the set.

    Raises
    ------
    ValueError
        Naming every fault of the files, or asking for the period or the direction.
    """
    _asked(files, period, flow)
    told = []
    lines = pd.concat({path: read(path, period, told.append) for path in files}, names=["path"])
    reading.refuse(_twice(lines))
    flows = sums(lines, flow)
    told.append(
        f"{len(lines)} lines summed to {len(flows)} {flow} flows of China worth "
        f"{lines['value_usd'].sum():,.0f} dollars"
    )
    for sentence in told:
        say(sentence)
    described = [_described(path, lines.loc[path], flow) for path in dict.fromkeys(files)]
    about = {"kind": KIND, "files": described, "in_place_of": {}, "notes": told}
    return growing.grow(folder, KIND, _frames(flows), about, say)


def _frames(flows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Share flows out to the tables of years and of months, in their columns."""
    months = flows["month"] != ""
    tables = {growing.ANNUAL: flows[~months], growing.MONTHLY: flows[months]}
    frames = {
        name: frame.reindex(columns=[field["name"] for field in schema.fields(name)])
        for name, frame in tables.items()
    }
    return frames | {"sources": pd.DataFrame([SOURCE])}


def _asked(files: list[Path], period: str | None, flow: str | None) -> None:
    """Complain of files, a period or a direction that are missing or wrong."""
    faults = [] if files else ["no file; name at least one file of the Chinese customs"]
    if flow not in FLOWS:
        faults.append(
            f"flow {flow or 'not given'}: the files do not say whether they hold exports or "
            "imports, so give --flow export or --flow import"
        )
    if period is not None and not re.fullmatch("[0-9]{4}(-(0[1-9]|1[0-2]))?", period):
        faults.append(f"period {period!r}; give a year such as 2023 or a month such as 2023-05")
    if faults:
        raise ValueError("; ".join(faults))


def _described(path: Path, lines: pd.DataFrame, flow: str) -> dict:
    """Say of a file what `import.json` keeps."""
    years = lines["month"].str[:4].astype(int)
    return {
        "name": path.name,
        "sha256": reading.sha256(path),
        "form": f"{flow}s of China by commodity and partner",
        "rows": len(lines),
        "first_year": int(years.min()),
        "last_year": int(years.max()),
    }


def read(path: Path, period: str | None, say: Callable[[str], None]) -> pd.DataFrame:
    """Read one file.

    Parameters
    ----------
    path
        A CSV file in UTF-8 or GB 18030 (GBK), English or Chinese.
    period
        Year or month of its query, None if the file has a column for it.
    say
        Takes what the analyst should know.

    Returns
    -------
    pandas.DataFrame
        One row per line of the file: month (or year), code, partner, regime, place, value_usd,
        net_kg; indexed by line.

    Raises
    ------
    ValueError
        Naming every fault with its line and column.
    """
    text = _table(reading.text_of(path, ("utf-8-sig", "gb18030")), path)
    titles = {name: next((t for t in TITLES[name] if t in text), "") for name in TITLES}
    cells = pd.DataFrame(
        {name: text[title].str.strip() if title else "" for name, title in titles.items()},
        index=text.index,
    )
    figures, wrong = _figures(cells, titles, path)
    reading.refuse([*wrong, *_wrong(cells, titles, path), *_wrong_months(cells, period, path)])
    if len(cells) in CAP:
        say(f"{path.name}: {len(cells)} lines, where the page stops: some are likely missing")
    month = cells["month"].str[:4] + "-" + cells["month"].str[4:]
    weight = _weight(cells, figures)
    say(f"{path.name}: {len(cells)} lines read, {int(weight.isna().sum())} without a weight")
    return cells[["code", "partner", "regime", "place"]].assign(
        month=month.mask(cells["month"] == "", period or ""),
        value_usd=figures["value_usd"],
        net_kg=weight,
    )


def _figures(
    cells: pd.DataFrame, titles: dict[str, str], path: Path
) -> tuple[pd.DataFrame, list[Violation]]:
    """Read the numbers, whose thousands are set off by commas."""
    found, wrong = {}, []
    for name in NUMBERS:
        named = _ungrouped(cells[name]).rename(titles[name] or name)
        found[name], faults = reading.numbers(named, path, low=0)
        wrong += faults
    return pd.DataFrame(found), wrong


def _table(content: str, path: Path) -> pd.DataFrame:
    """Split a file into named columns; header and rows may both end in a comma."""
    (line, header), *rows = reading.records(content, path) or [(1, [])]
    names = [name.strip() for name in header]
    lacking = [" or ".join(TITLES[n]) for n in NEEDED if not set(TITLES[n]) & set(names)]
    known = [title for titles in TITLES.values() for title in titles]
    twice = sorted({name for name in names if name in known and names.count(name) > 1})
    faults = []
    if lacking:
        found = f"a header of {len(names)} columns: {','.join(names)}"
        faults.append(reading.problem(path, line, "(header)", found, f"also {', '.join(lacking)}"))
    if twice:
        faults.append(reading.problem(path, line, "(header)", ", ".join(twice), "each title once"))
    if not rows:
        found = "no lines; the query found nothing or the file is cut off"
        faults.append(reading.problem(path, line, "(file)", found, "at least one line"))
    reading.refuse(faults)
    frame = reading.frame(rows, names, path)
    return frame.loc[:, [name for name in names if name in known]]


def _ungrouped(cells: pd.Series) -> pd.Series:
    """Take the commas out of 19,121,826; commas anywhere else stay and are complained of."""
    grouped = cells.str.strip().str.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
    return cells.mask(grouped, cells.str.replace(",", ""))


def _wrong(cells: pd.DataFrame, titles: dict[str, str], path: Path) -> list[Violation]:
    """List every code and value that cannot be right."""
    partners = codes.known(KIND)
    checks = [
        ("code", ~cells["code"].str.fullmatch("[0-9]{8}"),
         "8 digits; has a spreadsheet taken a leading zero away?"),
        ("partner", ~cells["partner"].isin(list(partners)),
         f"one of the {len(partners)} numbers of the Chinese customs (344 is Russia)"),
        ("value_usd", cells["value_usd"] == "", "a value in every line"),
    ]  # fmt: skip
    return [
        reading.problem(path, line, titles[name], cell, expected)
        for name, bad, expected in checks
        for line, cell in cells.loc[bad, name].items()
    ]


def _wrong_months(cells: pd.DataFrame, period: str | None, path: Path) -> list[Violation]:
    """List every month that is none or lies outside the period asked for; ask for a period."""
    (year,) = [f["constraints"] for f in schema.fields(growing.ANNUAL) if f["name"] == "year"]
    low, high = min(REVISIONS), year["maximum"]
    months = cells["month"]
    if (months == "").all() and period is None:
        expected = "a period: give the year (2023) or month (2023-05) of the query"
        return [reading.problem(path, 1, "(file)", "no column with the month", expected)]
    if (months == "").all():
        right = low <= int(period[:4]) <= high
        span = f"a year from {low} to {high}"
        return [] if right else [reading.problem(path, 1, "(period)", period, span)]
    form = months.str.fullmatch("[0-9]{4}(0[1-9]|1[0-2])")
    right = form & months.where(form, "0").str[:4].astype(int).between(low, high)
    right &= months.str.startswith((period or "").replace("-", ""))
    span = f"a month such as 202305, {low} to {high}" + (f", within {period}" if period else "")
    return [
        reading.problem(path, line, "month", cell, span) for line, cell in months[~right].items()
    ]


def _weight(cells: pd.DataFrame, figures: pd.DataFrame) -> pd.Series:
    """Give the weight of each line in kilograms, missing where no quantity is one."""
    first, second = (cells[unit].str.lower().isin(KILOGRAM) for unit in ("unit", "unit_2"))
    weight = figures["quantity_2"].where(second).mask(first, figures["quantity"])
    return weight.mask((weight == 0) & (figures["value_usd"] > 0))


def _twice(lines: pd.DataFrame) -> list[Violation]:
    """List every line that stands in the files before: it would be counted again."""
    first, wrong = {}, []
    for (path, line), *cells in lines[FINEST].itertuples():
        at = first.setdefault(tuple(cells), (path, line))
        if at != (path, line):
            found = f"{', '.join(filter(None, cells))}: as in {at[0].name}, line {at[1]}"
            expected = "each commodity, partner, regime and place once"
            wrong.append(reading.problem(path, line, "+".join(FINEST), found, expected))
    return wrong


def sums(lines: pd.DataFrame, flow: str) -> pd.DataFrame:
    """Sum lines to codes of six digits, over regimes and provinces.

    Parameters
    ----------
    lines
        As `read` gives them.
    flow
        export or import.

    Returns
    -------
    pandas.DataFrame
        Columns of the trade tables; `month` is "" for years, `n_lines` counts lines of the files.
    """
    partner = lines["partner"].map(codes.known(KIND))
    short = lines.assign(product=lines["code"].str[:6], partner=partner)
    found = short.groupby(["month", "partner", "product"], as_index=False).agg(
        value_usd=("value_usd", "sum"),
        net_kg=("net_kg", lambda cells: cells.sum(min_count=1)),
        n_lines=("value_usd", "size"),
        n_lines_no_weight=("net_kg", lambda cells: int(cells.isna().sum())),
    )
    year = found["month"].str[:4].astype(int)
    exports = flow == "export"
    return found.assign(
        exporter="CHN" if exports else found["partner"],
        importer=found["partner"] if exports else "CHN",
        product_level="hs6",
        hs_revision=year.map(revision),
        year=year,
        month=found["month"].where(found["month"].str.len() == 7, ""),
        dataset=KIND,
        reporter="CHN",
        valuation="fob" if exports else "cif",
        attribution="destination" if exports else "origin",
        is_sum="true",
        is_estimate="false",
        source_id=SOURCE["source_id"],
    )


def revision(year: int) -> str:
    """Give the revision of the Harmonised System that China's codes follow in a year.

    Examples
    --------
    >>> revision(2021), revision(2022)
    ('HS2017', 'HS2022')
    """
    return REVISIONS[max(first for first in REVISIONS if first <= year)]
