"""Downloads of UN Comtrade in: the old CSV, the new CSV and the JSON of the interface.

The form is recognised by the names of the columns. Of a file's rows we keep imports and exports
of goods in the Harmonised System with all transport, all customs procedures and no second
partner: breakdowns stand beside such a row and would count it again, so a file without it is
refused, never summed. Exports from anywhere include re-exports, imports include re-imports; the
separate rows of these are left out and counted.

A weight of 0 beside a value means that none is known (or less than half a kilogram): it is
missing here. It stays 0 where the value is 0 too.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from helpers import schema
from helpers.importers import codes, growing, reading
from helpers.schema import Violation

KIND = "comtrade"
LEGACY = {
    "Classification": "classificationCode",
    "Period": "period",
    "Trade Flow Code": "flowCode",
    "Reporter Code": "reporterCode",
    "Partner Code": "partnerCode",
    "2nd Partner Code": "partner2Code",
    "Customs Proc. Code": "customsCode",
    "Mode of Transport Code": "motCode",
    "Commodity Code": "cmdCode",
    "Netweight (kg)": "netWgt",
    "Trade Value (US$)": "primaryValue",
    "CIF Trade Value (US$)": "cifvalue",
    "FOB Trade Value (US$)": "fobvalue",
    "Flag": "legacyEstimationFlag",
}
NEEDED = [
    "classificationCode", "period", "flowCode", "reporterCode", "partnerCode", "cmdCode",
    "primaryValue",
]  # fmt: skip
USED = [
    *NEEDED, "typeCode", "freqCode", "partner2Code", "customsCode", "motCode", "mosCode", "netWgt",
    "isNetWgtEstimated", "cifvalue", "fobvalue", "isOriginalClassification", "legacyEstimationFlag",
]  # fmt: skip
LEGACY_FLOWS = {"1": "M", "2": "X", "3": "RX", "4": "RM"}
KEPT = {"M": "import", "X": "export"}
PARTS = {
    "RX": "re-exports", "RM": "re-imports", "DX": "domestic exports", "FM": "foreign imports",
    "MIP": "imports for processing", "MOP": "imports after processing",
    "XIP": "exports after processing", "XOP": "exports for processing",
}  # fmt: skip
REVISIONS = {
    "H0": "HS1992", "H1": "HS1996", "H2": "HS2002", "H3": "HS2007", "H4": "HS2012", "H5": "HS2017",
    "H6": "HS2022",
}  # fmt: skip
# What each breakdown column holds in the row for all of it.
WHOLE = {"partner2Code": "0", "motCode": "0", "mosCode": "0", "customsCode": "C00"}
KEY = ["reporterCode", "flowCode", "partnerCode", "cmdCode", "period"]
LEVELS = {2: "hs2", 4: "hs4", 6: "hs6"}
# Rows at which the interface and the website stop without saying so.
LIMITS = (500, 50_000, 100_000, 250_000)
SOURCE = {
    "source_id": "comtrade-own",
    "publisher": "UN Statistics Division",
    "title": "UN Comtrade, downloads of your own",
    "url": "https://comtradeplus.un.org/",
    "date": "",
    "kind": "dataset",
    "licence": "UN Comtrade: UN copyright; not to be passed on",
    "note": "The files are named in import.json of the set.",
}


def run(files: list[Path], folder: Path, say: Callable[[str], None] = print) -> Path:
    """Import downloads of UN Comtrade into the set `comtrade` of a data folder.

    Parameters
    ----------
    files
        CSV or JSON files of any of the known forms; where two hold the same flow, the later counts.
    folder
        The data folder.
    say
        Takes what the analyst should know.

    Returns
    -------
    pathlib.Path
        The folder of the set.

    Raises
    ------
    ValueError
        Naming every fault of the first file that has any; nothing is imported then.
    """
    if not files:
        raise ValueError("name at least one file of UN Comtrade")
    annual, monthly, described, told = [], [], [], []
    for path in files:
        text, form = read(path)
        flows = clean(text, path, told.append)
        annual.append(flows[flows["month"] == ""])
        monthly.append(flows[flows["month"] != ""])
        described.append(_described(path, form, text, flows))
        told.append(f"{path.name}: {form}, {len(flows)} of {len(text)} rows taken")
    for sentence in told:
        say(sentence)
    parts = {growing.ANNUAL: annual, growing.MONTHLY: monthly}
    frames = {table: _as_table(flows, table, say) for table, flows in parts.items()}
    frames["sources"] = pd.DataFrame([SOURCE])
    about = {"kind": KIND, "files": described, "in_place_of": {}, "notes": told}
    return growing.grow(folder, KIND, frames, about, say)


def _described(path: Path, form: str, text: pd.DataFrame, flows: pd.DataFrame) -> dict:
    """Say of a file what `import.json` keeps."""
    return {
        "name": path.name,
        "sha256": reading.sha256(path),
        "form": form,
        "rows": len(text),
        "rows_taken": len(flows),
        "first_year": int(flows["year"].min()),
        "last_year": int(flows["year"].max()),
    }


def _as_table(parts: list[pd.DataFrame], table: str, say: Callable[[str], None]) -> pd.DataFrame:
    """Bring the flows of all files into the columns of a table, the later file first in right."""
    flows = pd.concat(parts, ignore_index=True)
    key = schema.resource(table)["schema"]["primaryKey"]
    twice = flows.duplicated(key, keep="last")
    if twice.any():
        say(f"{table}: {twice.sum()} rows are in more than one file; the later file counts")
    return flows.loc[~twice].reindex(columns=[field["name"] for field in schema.fields(table)])


def read(path: Path) -> tuple[pd.DataFrame, str]:
    """Read a download as text under the names of the new interface.

    Parameters
    ----------
    path
        A CSV or JSON file.

    Returns
    -------
    tuple of pandas.DataFrame and str
        The columns that we use, "" where a cell is empty, indexed by line (of JSON: by record);
        and the form in words.

    Raises
    ------
    ValueError
        If the file is none of the known forms, is cut off or holds no rows.
    """
    content = reading.text_of(path)
    if content.lstrip().startswith(("{", "[")):
        frame, form = _from_json(content, path), "JSON of the interface"
    else:
        frame, form = _from_csv(content, path)
    if not len(frame):
        found = "no rows; the query found nothing or the file is cut off"
        reading.refuse([reading.problem(path, 1, "(file)", found, "at least one row")])
    return frame.reindex(columns=USED, fill_value="").apply(lambda cells: cells.str.strip()), form


def _from_json(content: str, path: Path) -> pd.DataFrame:
    """Read the answer of the interface: {"count": n, "data": [{...}, ...], "error": ""}."""

    def fail(found: object, expected: str) -> None:
        reading.refuse([reading.problem(path, 1, "(file)", str(found), expected)])

    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        fail(error, "whole JSON; is the file cut off?")
    if isinstance(answer, list):
        answer = {"data": answer}
    if answer.get("error") or not isinstance(answer.get("data"), list):
        fault = answer.get("error") or answer.get("message") or "no list named data"
        fail(fault, "an answer of the interface with data")
    rows = answer["data"]
    if not all(isinstance(row, dict) for row in rows):
        fail("something other than records in data", "a list of records")
    if answer.get("count", len(rows)) not in (len(rows), None):
        fail(f"{len(rows)} records, but count says {answer['count']}", "as many as counted")
    lacking = [name for name in NEEDED if rows and not any(name in row for row in rows)]
    if lacking:
        fail(f"no field {', '.join(lacking)}", f"records with {', '.join(NEEDED)}")
    index = pd.RangeIndex(1, len(rows) + 1, name="line")
    cells = {name: [_as_cell(row.get(name)) for row in rows] for name in USED}
    return pd.DataFrame(cells, index=index, dtype="str")


def _as_cell(found: object) -> str:
    """Write a value of JSON as a CSV file would have it."""
    return "" if found is None else str(found)


def _from_csv(content: str, path: Path) -> tuple[pd.DataFrame, str]:
    """Read a CSV file of the old or the new kind, with or without a trailing comma."""
    (line, header), *rows = reading.records(content, path) or [(1, [])]
    width = len(header)
    # Data rows of the website's files end in a comma that their header lacks.
    trailing = bool(rows) and all(len(r) == width + 1 and r[-1] == "" for _, r in rows)
    rows = [(at, cells[:width]) for at, cells in rows] if trailing else rows
    header = [name.strip() for name in header]
    names = [LEGACY.get(name, name) for name in header]
    lacking = [name for name in NEEDED if name not in names]
    if lacking:
        old = {new: name for name, new in LEGACY.items()}
        wanted = ", ".join(f"{name} (or {old[name]})" for name in lacking)
        found = f"a header of {width} columns: {','.join(header)}"
        expected = f"a file of UN Comtrade, with {wanted}{reading.other_separator(content)}"
        reading.refuse([reading.problem(path, line, "(header)", found, expected)])
    twice = sorted({name for name in names if name in USED and names.count(name) > 1})
    if twice:
        found = f"{', '.join(twice)} more than once"
        reading.refuse([reading.problem(path, line, "(header)", found, "each column once")])
    frame = reading.frame(rows, names, path)
    frame = frame.loc[:, [name for name in names if name in USED]]
    if "Trade Flow Code" in header:
        flows = frame["flowCode"].str.strip()
        return frame.assign(flowCode=flows.replace(LEGACY_FLOWS)), "old CSV"
    return frame, "CSV of the website" if trailing else "CSV of the interface"


def clean(text: pd.DataFrame, path: Path, say: Callable[[str], None]) -> pd.DataFrame:
    """Turn rows as read into flows in the columns of the trade tables, with month and note.

    Parameters
    ----------
    text
        As `read` gives it.
    path
        The file, for complaints.
    say
        Takes what the analyst should know.

    Raises
    ------
    ValueError
        Naming every cell that cannot be right, every flow that has only breakdowns, and every
        flow that is there more than once.
    """
    # Programs that hold codes as numbers write 156 as 156.0.
    whole = text.assign(
        **{c: text[c].str.replace(r"\.0$", "", regex=True) for c in [*KEY, *WHOLE] if c in text}
    )
    areas = ["reporterCode", "partnerCode"]
    whole[areas] = whole[areas].replace(r"^0+(?=[0-9])", "", regex=True)
    figures, wrong = _figures(whole, path)
    reading.refuse([*wrong, *_wrong_codes(whole, path), *_wrong_periods(whole, path)])
    taken = whole[_chosen(whole, path, say)]
    if not len(taken):
        expected = "rows of imports or exports"
        reading.refuse([reading.problem(path, 1, "(file)", "none of them", expected)])
    reading.refuse(_twice(taken, path))
    flows = _flows(taken, figures.loc[taken.index], path, say)
    _tell_sums(flows, path, say)
    if len(text) in LIMITS:
        say(f"{path.name}: exactly {len(text)} rows, where Comtrade stops: rows are likely missing")
    return flows


def _figures(text: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, list[Violation]]:
    """Read the values and weights."""
    found, wrong = {}, []
    for name in ("primaryValue", "cifvalue", "fobvalue", "netWgt"):
        found[name], faults = reading.numbers(text[name], path, low=0)
        wrong += faults
    return pd.DataFrame(found), wrong


def _wrong_codes(text: pd.DataFrame, path: Path) -> list[Violation]:
    """List every code that we cannot place."""
    product, kind = text["cmdCode"], text["classificationCode"]
    known = codes.known("m49")
    states = [number for number, iso3 in known.items() if len(iso3) == 3 and iso3 != "WLD"]
    odd = ~product.str.fullmatch("[0-9]{2}|[0-9]{4}|[0-9]{6}|9999AA|TOTAL") & product.ne("")
    short = odd & product.str.fullmatch("[0-9]{1,5}")
    area = f"a country or area of UN Comtrade: one of {len(known)} numbers"
    state = f"a country of UN Comtrade: one of {len(states)} numbers"
    harmonised = "H0 to H6, the Harmonised System (not SITC or BEC, and not HS without its year)"
    checks = [
        (name, text[name] == "", "a value in every row") for name in NEEDED
    ] + [
        ("typeCode", ~text["typeCode"].isin(["", "C"]), "C, goods"),
        ("flowCode", ~text["flowCode"].isin(["", *KEPT, *PARTS]), f"{', '.join(KEPT)} or a part"),
        ("reporterCode", ~text["reporterCode"].isin(["", *states]), state),
        ("partnerCode", ~text["partnerCode"].isin(["", *known]), area),
        ("classificationCode", ~(kind.isin(["", *REVISIONS]) | ((product == "TOTAL") &
                                                            kind.eq("HS"))), harmonised),
        ("cmdCode", short, "2, 4 or 6 digits; has a spreadsheet taken a leading zero away?"),
        ("cmdCode", odd & ~short, "2, 4 or 6 digits or TOTAL"),
    ]  # fmt: skip
    return [
        reading.problem(path, line, name, cell, expected)
        for name, bad, expected in checks
        for line, cell in text.loc[bad, name].items()
    ]


def _wrong_periods(text: pd.DataFrame, path: Path) -> list[Violation]:
    """List every period that is no year or month, is out of range or is not what freqCode says."""
    (year,) = [f["constraints"] for f in schema.fields(growing.ANNUAL) if f["name"] == "year"]
    cells = text["period"]
    form = cells.str.fullmatch("[0-9]{4}(0[1-9]|1[0-2])?")
    right = form & cells.where(form, "0").str[:4].astype(int).between(
        year["minimum"], year["maximum"]
    )
    told = text["freqCode"].map({"A": 4, "M": 6})
    other = right & text["freqCode"].ne("") & cells.str.len().ne(told)
    span = f"a year such as 2023 or month such as 202305, {year['minimum']} to {year['maximum']}"
    wrong = [
        reading.problem(path, line, "period", cell, span)
        for line, cell in cells[~right & cells.ne("")].items()
    ]
    return wrong + [
        reading.problem(path, line, "freqCode", cell, "A for years, M for months")
        for line, cell in text.loc[other, "freqCode"].items()
    ]


def _chosen(text: pd.DataFrame, path: Path, say: Callable[[str], None]) -> pd.Series:
    """Mark the imports and exports that are no breakdowns; tell what is left out.

    Raises
    ------
    ValueError
        Naming every row of a flow that the file holds in parts only.
    """
    flow = text["flowCode"].isin(list(KEPT))
    for code, many in text.loc[~flow, "flowCode"].value_counts().items():
        say(f"{path.name}: {many} rows of {PARTS[code]} left out; imports and exports include them")
    whole = pd.Series(True, index=text.index)
    for column, value in WHOLE.items():
        whole &= text[column].isin(["", value])
    index = pd.MultiIndex.from_frame(text[KEY])
    lost = flow & ~index.isin(index[flow & whole])
    expected = "a row for all of it (partner2Code 0, motCode 0, customsCode C00) beside the parts"
    reading.refuse(
        [
            reading.problem(path, line, "+".join(WHOLE), ", ".join(cells), expected)
            for line, *cells in text.loc[lost, list(WHOLE)].itertuples()
        ]
    )
    if (flow & ~whole).any():
        say(f"{path.name}: {(flow & ~whole).sum()} rows left out as parts of others")
    return flow & whole


def _twice(taken: pd.DataFrame, path: Path) -> list[Violation]:
    """List every row whose flow stands on an earlier line too, under the same number or not."""
    areas = codes.known("m49")
    named = taken[KEY].assign(**{c: taken[c].map(areas) for c in ("reporterCode", "partnerCode")})
    first, wrong = {}, []
    for line, *cells in named.itertuples():
        at = first.setdefault(tuple(cells), line)
        if at != line:
            same = "the same" if taken.loc[at].equals(taken.loc[line]) else "another"
            found = f"{', '.join(cells)}: {same} row as line {at}"
            wrong.append(reading.problem(path, line, "+".join(KEY), found, "each flow once"))
    return wrong


def _flows(
    taken: pd.DataFrame, figures: pd.DataFrame, path: Path, say: Callable[[str], None]
) -> pd.DataFrame:
    """Make the columns of the trade tables."""
    areas = codes.known("m49")
    reporter, partner = (taken[c].map(areas) for c in ("reporterCode", "partnerCode"))
    imports = taken["flowCode"] == "M"
    product = taken["cmdCode"]
    valuation = _valuation(imports, figures, path, say)
    total = product == "TOTAL"
    weight = figures["netWgt"]
    unknown = (weight == 0) & (figures["primaryValue"] > 0)
    if unknown.any():
        say(f"{path.name}: {unknown.sum()} weights of 0 beside a value are read as not known")
    frame = pd.DataFrame(
        {
            "exporter": partner.where(imports, reporter),
            "importer": reporter.where(imports, partner),
            "product": product,
            "product_level": product.str.len().map(LEVELS).mask(total, "total"),
            "hs_revision": taken["classificationCode"].map(REVISIONS).mask(total, ""),
            "year": taken["period"].str[:4].astype(int),
            "month": (taken["period"].str[:4] + "-" + taken["period"].str[4:]).where(
                taken["period"].str.len() == 6, ""
            ),
            "dataset": KIND,
            "reporter": reporter,
            "valuation": valuation,
            "attribution": imports.map({True: "origin", False: "destination"}),
            "value_usd": figures["primaryValue"],
            "net_kg": weight.mask(unknown),
            "is_sum": "false",
            "is_estimate": "false",
            "source_id": SOURCE["source_id"],
        }
    )
    return frame.assign(note=_notes(taken, frame))


def _valuation(
    imports: pd.Series, figures: pd.DataFrame, path: Path, say: Callable[[str], None]
) -> pd.Series:
    """Tell how each value counts freight: imports cif and exports fob, unless the file says other.

    A file says other where its main value is the fob value of an import (or the cif value of an
    export) and not the usual one.
    """
    value = figures["primaryValue"]
    cif, fob = (
        (figures[c] > 0) & (figures[c] - value).abs().le(0.5) for c in ("cifvalue", "fobvalue")
    )
    neither = (figures[["cifvalue", "fobvalue"]].max(axis=1) > 0) & ~cif & ~fob
    usual = imports.map({True: "cif", False: "fob"})
    found = usual.mask(imports & fob & ~cif, "fob").mask(~imports & cif & ~fob, "cif")
    if (found != usual).any():
        say(f"{path.name}: {(found != usual).sum()} rows give imports fob or exports cif")
    if neither.any():
        say(
            f"{path.name}: the value of {neither.sum()} rows is neither their cif nor their fob "
            "value; imports are taken as cif, exports as fob"
        )
    return found


def _notes(taken: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """Say in words what is unusual about a row."""
    imports = taken["flowCode"] == "M"
    guessed = taken["isNetWgtEstimated"].str.lower().isin(["true", "1"])
    guessed |= taken["legacyEstimationFlag"].isin(["4", "6"])
    notes = {
        "The reporter values imports fob.": imports & frame["valuation"].eq("fob"),
        "The reporter values exports cif.": ~imports & frame["valuation"].eq("cif"),
        "Weight estimated by the UN Statistics Division.": guessed & frame["net_kg"].notna(),
        "Converted by Comtrade from another revision.": frame["hs_revision"].ne("")
        & taken["isOriginalClassification"].str.lower().isin(["false", "0"]),
    }
    found = pd.Series("", index=taken.index, dtype="str")
    for note, cases in notes.items():
        found = found.mask(cases, (found + " " + note).str.strip())
    return found


def _tell_sums(flows: pd.DataFrame, path: Path, say: Callable[[str], None]) -> None:
    """Compare what the partners of a flow add up to with the row for the world, where both are."""
    imports = flows["importer"] == flows["reporter"]
    world = flows["exporter"].where(imports, flows["importer"]) == "WLD"
    key = ["reporter", "product", "year", "month"]
    side = flows.assign(imports=imports)
    total, parts = (
        side[rows].groupby([*key, "imports"])["value_usd"].sum() for rows in (world, ~world)
    )
    share = (100 * parts / total).dropna()
    if len(share):
        say(
            f"{path.name}: partners add up to {share.min():.1f} to {share.max():.1f} per cent of "
            f"the world in {len(share)} flows that have both"
        )
