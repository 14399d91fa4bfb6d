"""Clean tables from exports of SIPRI's database: deals, deliveries, volumes.

All exports of one release go together: the register by deal has order sizes, undelivered deals
and comments, the register by delivery has SIPRI's numbers of the deals, categories, licences and
the years' numbers, the TIV tables have SIPRI's own sums.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers import schema, tables
from helpers.importers import codes, folder, reading, sipri, sipri_deals, sipri_volumes
from helpers.importers.sipri import BEGIN, Export

# Countries that the package does not know are the same in every set, so they cite one release.
CODED_BY = "sipri-2025-03"


class Cleaned(NamedTuple):
    """Clean tables by name, and what an analyst should know about them."""

    frames: dict[str, pd.DataFrame]
    notes: list[str]


def release_of(exported: str) -> str | None:
    """Give the release that an export of a day belongs to.

    SIPRI publishes in the first half of March. Between the 1st and the 14th the day does not
    tell which release was online.

    Parameters
    ----------
    exported
        ISO day, "" if not known.

    Returns
    -------
    str or None
        Month of the release, None where the day does not tell.

    Examples
    --------
    >>> release_of("2025-10-23"), release_of("2026-02-12"), release_of("2026-03-10")
    ('2025-03', '2025-03', None)
    """
    if not exported or "03-01" <= exported[5:] < "03-15":
        return None
    year = int(exported[:4])
    return f"{year if exported[5:] >= '03-15' else year - 1}-03"


def run(
    files: list[Path],
    data: Path,
    release: str | None = None,
    replace: bool = False,
    say: Callable[[str], None] = print,
) -> Path:
    """Import exports of one release as the set sipri-<release> of a data folder.

    Parameters
    ----------
    files, data
        All exports of the release, in any form; the data folder.
    release
        Month of the release, where the day of the export does not tell.
    replace
        Put the set in place of one that was made from more forms.
    say
        Told what was found.

    Raises
    ------
    ValueError
        If a file cannot be read, the files are of several releases, or a set made from more
        forms is there already; what was there stays as it was.
    """
    if not files:
        raise ValueError("no files to import; name the exports of one release")
    exports = [sipri.read(Path(file)) for file in files]
    release = _release(exports, release)
    for e in exports:
        say(f"{e.path.name}: {e.form}, {_span(e)}, exported {e.exported or 'on an unknown day'}, "
            f"release {release}; {e.n_records} records on {e.n_lines} lines")  # fmt: skip
        for note in e.notes:
            say(f"{e.path.name}: {note}")
    _not_fewer(data / f"sipri-{release}", exports, replace)
    cleaned = clean(exports, release, _known(data, release))
    for note in cleaned.notes:
        say(note)
    return folder.put(data, f"sipri-{release}", cleaned.frames, _about(exports, release, cleaned))


def _known(data: Path, release: str) -> pd.DataFrame:
    """Give the deals of the package and of the other releases of a folder, which know numbers."""
    others = [path for path in data.glob("sipri-*/arms_deals.csv")
              if path.parent.name != f"sipri-{release}"]  # fmt: skip
    frames = [schema.to_types(schema.read_text(path), "arms_deals") for path in others]
    known = pd.concat([tables.own("arms_deals"), *frames], ignore_index=True)
    return known.drop_duplicates(["deal_id", "release"], keep="last", ignore_index=True)


def _span(export: Export) -> str:
    return f"{export.first_year}-{export.last_year}" if export.first_year else "all years"


def _release(exports: list[Export], given: str | None) -> str:
    """Settle the release of the exports from their days and what the user says."""
    if given is not None and not re.fullmatch(r"(19|20)\d\d-03", given):
        raise ValueError(f"release {given!r}: expected the month of a release such as 2026-03")
    told = {e.path.name: release_of(e.exported) for e in exports}
    found = {release for release in told.values() if release}
    if len(found | {given} - {None}) > 1:
        lines = [f"  {name}: {release or 'not known'}" for name, release in told.items()]
        wrong = "the files are of several releases; import each release by itself:"
        if given:
            wrong = f"asked for {given}, but the days of the exports tell another release:"
        raise ValueError("\n".join([wrong, *lines]))
    release = given or next(iter(found), None)
    open_days = [f"  {e.path.name}: exported {e.exported or 'on a day that it does not tell'}"
                 for e in exports if not told[e.path.name]]  # fmt: skip
    if open_days and not given:
        raise ValueError("\n".join(["SIPRI publishes a new release in the first half of March; the"
                                    " day of these exports does not tell which one they are of."
                                    " Say it with --release YYYY-03:", *open_days]))  # fmt: skip
    for e in exports:
        near = (f"{int(e.exported[:4])}-03", f"{int(e.exported[:4]) - 1}-03") if e.exported else ()
        if near and release not in near:
            raise ValueError(f"{e.path.name}: exported on {e.exported}, so not of {release}")
    for e in exports:
        _check_years(e, int(release[:4]))
    return release


def _check_years(export: Export, year: int) -> None:
    """Refuse deliveries in the year of the release or later: SIPRI has data to the year before."""
    rows = export.rows
    if export.form == "by_deal":
        late = rows["delivery_years"].str[-4:].where(rows["delivery_years"] != "")
    elif export.form == "by_delivery":
        late = rows["year"]
    else:
        late = rows["year"].where(rows["tiv_mn"].notna())
    late = pd.to_numeric(late)
    late = late[late >= year]
    expected = f"years before {year}, which the release of March {year} covers"
    reading.refuse([reading.problem(export.path, line, "year of delivery", f"{found:g}", expected)
                    for line, found in late.items()])  # fmt: skip


def _not_fewer(there: Path, exports: list[Export], replace: bool) -> None:
    """Refuse to put a set in place of one that was made from more forms or more records."""
    if replace or not (there / folder.ABOUT).is_file():
        return
    about = json.loads((there / folder.ABOUT).read_text(encoding="utf-8"))
    new = Counter()
    for e in exports:
        new[e.form] += e.n_records
    old = Counter()
    for file in about.get("files", []):
        old[file.get("form")] += file.get("rows", 0)
    lacking = [f"  {form}: {rows} records there, {new[form]} in the new files"
               for form, rows in old.items() if new[form] < rows]  # fmt: skip
    if lacking:
        raise ValueError("\n".join([f"{there.name} is there already and holds more than the new"
                                    " files; give all files of the release together and whole, or"
                                    " replace the set with --replace:", *lacking]))  # fmt: skip


def _about(exports: list[Export], release: str, cleaned: Cleaned) -> dict:
    """Say what a set was made from and which rows of the package it stands in for."""
    files = [{"name": e.path.name, "sha256": reading.sha256(e.path), "form": e.form,
              "exported": e.exported, "rows": e.n_records, "first_year": e.first_year,
              "last_year": e.last_year} for e in exports]  # fmt: skip
    known = cleaned.frames.get("countries")
    names = _all_codes() | (
        dict(zip(known["name"], known["iso3"], strict=True)) if known is not None else {}
    )
    in_place_of = []
    for e in exports:
        # A register of fewer years lacks deals that the package has; its rows only give way to
        # rows with the same number.
        if e.form in ("by_deal", "by_delivery") and (e.first_year or BEGIN) <= BEGIN:
            sides = {"supplier": e.supplier, "recipient": e.recipient}
            condition = {"release": release} | {
                side: names.get(name, "") for side, name in sides.items() if name != sipri.ALL
            }
            if "" not in condition.values() and condition not in in_place_of:
                in_place_of.append(condition)
    return {"kind": "sipri", "release": release, "files": files, "notes": cleaned.notes,
            "in_place_of": {"arms_deals": in_place_of} if in_place_of else {}}  # fmt: skip


def clean(exports: list[Export], release: str, known: pd.DataFrame | None = None) -> Cleaned:
    """Make the clean tables of one release from its exports.

    Parameters
    ----------
    exports
        As `sipri.read` gives them.
    release
        Month of the release.
    known
        Deals whose numbers are known, in the columns of arms_deals; deals that no register by
        delivery names take their number over where they match one to one.

    Returns
    -------
    Cleaned
        Tables by name, and sentences on what did not match.

    Raises
    ------
    ValueError
        If exports contradict each other.
    """
    notes: list[str] = []
    names, new = _codes(exports, notes)
    exports = [_with_codes(e, names) for e in exports]
    notes += _begun_before(exports) + _one_sided(exports)
    given = sipri_deals.deals_given(exports, notes)
    deliveries = sipri_deals.deliveries_given(exports)
    deals, lost = sipri_deals.joined(given, deliveries, release, known, notes)
    made = {
        "arms_deals": sipri_deals.clean_deals(deals, deliveries, release),
        "arms_deliveries": sipri_deals.clean_deliveries(deliveries, lost, release),
        "arms_tiv": sipri_volumes.clean(exports, deliveries, release, notes),
        "countries": new,
    }
    frames = {name: frame for name, frame in made.items() if len(frame)}
    own = tables.own("sources")
    if f"sipri-{release}" not in set(own["source_id"]):
        frames["sources"] = _source(own, release, exports)
    return Cleaned(frames, notes)


def _one_sided(exports: list[Export]) -> list[str]:
    """Warn of exports that hold the deals of one supplier or recipient only."""
    return [
        f"{e.path.name}: only deals from {e.supplier} to {e.recipient}; of other pairs this "
        "release says nothing."
        for e in exports
        if e.form in ("by_deal", "by_delivery") and {e.supplier, e.recipient} != {sipri.ALL}
    ]


def _begun_before(exports: list[Export]) -> list[str]:
    """Warn of registers by deal that leave out what was delivered before their first year."""
    return [
        f"{e.path.name}: deals that began to be delivered before {e.first_year} are counted from "
        "that year on only; export from 1950 on to have them whole."
        for e in exports
        if e.form == "by_deal" and e.first_year and e.first_year > BEGIN
    ]


def _all_codes() -> dict[str, str]:
    """Give the code of every name: SIPRI's own names first, then those of the countries."""
    countries = tables.own("countries")
    return dict(zip(countries["name"], countries["iso3"], strict=True)) | codes.known("sipri")


def _codes(exports: list[Export], notes: list[str]) -> tuple[dict[str, str], pd.DataFrame]:
    """Give the code of every party, with new ones for parties that nobody knows yet."""
    named = {sipri.ALL: "ALL"} | _all_codes()
    found = set()
    for e in exports:
        columns = ["supplier", "recipient"] if e.form.startswith("by_") else ["party"]
        rows = e.rows if "is_total" not in e.rows else e.rows[~e.rows["is_total"]]
        found |= {name for column in columns for name in rows[column]}
        found |= {e.supplier, e.recipient} if e.form.startswith("tiv_") else set()
    strange = sorted(found - set(named))
    taken = set(tables.own("countries")["iso3"]) | {"ALL"}
    for name in strange:
        named[name] = _new_code(name, taken)
        taken.add(named[name])
    if strange:
        listed = ", ".join(f"{name} ({named[name]})" for name in strange[:10])
        notes.append(f"{len(strange)} parties are in no table of the package and have codes of"
                     f" their own: {listed}{' ...' if len(strange) > 10 else ''}.")  # fmt: skip
    return named, _new_countries(strange, named)


def _new_code(name: str, taken: set[str]) -> str:
    """Make a code for a party that depends on its name only, so that sets agree."""
    letters = re.sub(r"[^A-Z0-9]", "", name.upper())
    code = f"X{letters}"
    if not 2 <= len(code) <= 12 or code in taken:
        code = f"X{letters[:5]}{hashlib.sha256(name.encode()).hexdigest()[:6].upper()}"
    return code


def _new_countries(strange: list[str], named: dict[str, str]) -> pd.DataFrame:
    """Describe new parties as rows of the table countries."""
    kinds = next(f for f in schema.fields("countries") if f["name"] == "kind")
    allowed = kinds["constraints"]["enum"]
    group = "group" if "group" in allowed else "body"
    return pd.DataFrame({
        "iso3": [named[name] for name in strange],
        "name": strange,
        "kind": [group if re.search(r"[^*]\*$", name) else "body" for name in strange],
        "is_historic": False,
        "successor_iso3": "",
        "note": "Party in SIPRI's register that the package does not know; not a country code.",
        "source_id": CODED_BY,
    })  # fmt: skip


def _with_codes(export: Export, names: dict[str, str]) -> Export:
    """Put codes in place of names; a name that no row has and nobody knows becomes ""."""
    columns = ["supplier", "recipient"] if export.form.startswith("by_") else ["party"]
    rows = export.rows.copy()
    for column in columns:
        rows[column] = rows[column].map(names)
    return export._replace(rows=rows, supplier=names.get(export.supplier, ""),
                           recipient=names.get(export.recipient, ""))  # fmt: skip


def _source(own: pd.DataFrame, release: str, exports: list[Export]) -> pd.DataFrame:
    """Describe a release that the package does not have, after those that it has."""
    like = own[own["source_id"].str.fullmatch(r"sipri-\d{4}-\d{2}")].iloc[[-1]]
    days = ", ".join(sorted({e.exported for e in exports if e.exported}))
    return like.assign(
        source_id=f"sipri-{release}",
        title=f"Arms Transfers Database, release of March {release[:4]}",
        date=release,
        note=f"Data to {int(release[:4]) - 1}; the user's own exports"
             f"{' of ' + days if days else ''}. Calculations are ours.",
    )  # fmt: skip
