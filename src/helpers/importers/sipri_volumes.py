"""Yearly volumes: SIPRI's own tables, and sums over its register."""

import pandas as pd

from helpers.importers.sipri import BEGIN, Export

KEY = ["supplier", "recipient", "year"]
SCOPES = {
    (False, False): "pair",
    (True, False): "all_suppliers",
    (False, True): "all_recipients",
    (True, True): "world",
}


def clean(
    exports: list[Export], deliveries: pd.DataFrame, release: str, notes: list[str]
) -> pd.DataFrame:
    """Make the table arms_tiv: what SIPRI's tables say and what its register adds up to.

    Parameters
    ----------
    exports
        With codes in place of names, ALL for all countries.
    deliveries
        The register by delivery, each row once.
    release
        Month of the release.
    notes
        Sentences on gaps between the two are added.
    """
    frames = [_official(e, release) for e in exports if e.form.startswith("tiv_")]
    official = _once(frames)
    sums = _sums(exports, deliveries, release)
    _compare(official, sums, exports, release, notes)
    made = [f for f in (official, sums) if len(f)]
    if not made:
        return pd.DataFrame()
    both = pd.concat(made, ignore_index=True)
    is_all = zip(both["supplier"] == "ALL", both["recipient"] == "ALL", strict=True)
    return both.assign(
        scope=[SCOPES[sides] for sides in is_all],
        release=release,
        export_date=both["export_date"].replace("", release),
        source_id=f"sipri-{release}",
    )


def _official(export: Export, release: str) -> pd.DataFrame:
    """Read the volumes of one TIV table; blank is zero in the years that were published."""
    rows = export.rows
    is_blank = rows["tiv_mn"].isna().groupby(rows["year"]).transform("all")
    rows = rows[(rows["year"] < int(release[:4])) | ~is_blank]
    party = rows["party"].mask(rows["is_total"], "ALL")
    if export.form in ("tiv_importers", "tiv_by_recipient"):
        supplier, recipient = export.supplier, party
    else:
        supplier, recipient = party, export.recipient
    cells = rows[["year", "tiv_mn"]].assign(supplier=supplier, recipient=recipient)
    # SIPRI has two names for North Yemen, each with volumes of its own.
    tiv = cells.groupby(KEY)["tiv_mn"].sum(min_count=1).reset_index()
    return tiv.assign(tiv_mn=tiv["tiv_mn"].fillna(0), is_below_half=tiv["tiv_mn"] == 0,
                      basis="official_table", export_date=export.exported)  # fmt: skip


def _once(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Put tables together; figures that two tables have must be the same."""
    if not frames:
        return pd.DataFrame()
    both = pd.concat(frames, ignore_index=True).sort_values("export_date", ascending=False)
    kinds = both.groupby(KEY)["tiv_mn"].transform("nunique")
    if (kinds > 1).any():
        first = both[kinds > 1].sort_values(KEY).iloc[0]
        raise ValueError(f"{(kinds > 1).sum()} figures differ between TIV tables, the first for"
                         f" {first['supplier']} to {first['recipient']} in {first['year']}; are"
                         " they of one release?")  # fmt: skip
    return both.drop_duplicates(KEY)


def _sums(exports: list[Export], deliveries: pd.DataFrame, release: str) -> pd.DataFrame:
    """Add up the register: pairs in years with a delivery, totals in every year covered."""
    if deliveries.empty:
        return pd.DataFrame()
    pairs = deliveries.groupby(KEY, as_index=False)["tiv_mn"].sum()
    frames = [pairs[pairs["tiv_mn"] > 0]]
    for e in exports:
        if e.form == "by_delivery":
            inside = pairs[_covered(pairs, e)]
            frames += _totals(inside, e, _years(e, release))
    both = pd.concat(frames, ignore_index=True)
    # Two exports may cover the same total, each with what it holds.
    both = both.sort_values("tiv_mn", ascending=False).drop_duplicates(KEY)
    day = deliveries["export_date"].max()
    return both.assign(tiv_mn=both["tiv_mn"].round(6), is_below_half=False,
                       basis="register_sum", export_date=day)  # fmt: skip


def _covered(rows: pd.DataFrame, export: Export) -> pd.Series:
    """Tell which pairs, totals and years an export holds whole."""
    return (
        rows["year"].between(export.first_year or BEGIN, export.last_year or 9999)
        & (rows["supplier"].eq(export.supplier) | (export.supplier == "ALL"))
        & (rows["recipient"].eq(export.recipient) | (export.recipient == "ALL"))
    )


def _years(export: Export, release: str) -> range:
    """Give the published years that an export covers."""
    return range(
        export.first_year or BEGIN, min(export.last_year or 9999, int(release[:4]) - 1) + 1
    )


def _totals(pairs: pd.DataFrame, export: Export, years: range) -> list[pd.DataFrame]:
    """Add pairs up over all suppliers or recipients, as far as the export holds all of them."""
    made = []
    if export.supplier == "ALL":
        made.append(_flows(pairs.assign(supplier="ALL"), years))
    if export.recipient == "ALL":
        made.append(_flows(pairs.assign(recipient="ALL"), years))
    if export.supplier == export.recipient == "ALL":
        made.append(_flows(pairs.assign(supplier="ALL", recipient="ALL"), years))
    return made


def _flows(rows: pd.DataFrame, years: range) -> pd.DataFrame:
    """Add up flows and fill the years without a delivery with zeros."""
    wide = rows.pivot_table(index="year", columns=KEY[:2], values="tiv_mn", aggfunc="sum")
    wide = wide.reindex(pd.Index(years, name="year")).fillna(0)
    return wide.melt(ignore_index=False, value_name="tiv_mn").reset_index()


def _compare(
    official: pd.DataFrame,
    sums: pd.DataFrame,
    exports: list[Export],
    release: str,
    notes: list[str],
) -> None:
    """Say how far SIPRI's tables and the sums over its register are apart."""
    if official.empty or sums.empty:
        return
    covered = pd.Series(False, index=official.index)
    for e in exports:
        if e.form == "by_delivery":
            covered |= _covered(official, e) & (official["year"] < int(release[:4]))
    both = official[covered].merge(sums, on=KEY, how="left", suffixes=("", "_sum"))
    if both.empty:
        return
    both["gap"] = (both["tiv_mn"] - both["tiv_mn_sum"].fillna(0)).abs()
    notes.append(f"{len(both)} figures of SIPRI's tables compared with the sums over its register:"
                 f" the largest gap is {both['gap'].max():.2f} TIV.")  # fmt: skip
    wide = both[both["gap"] > 1].sort_values("gap", ascending=False)
    for row in wide[:10].itertuples():
        notes.append(f"{row.supplier} to {row.recipient} in {row.year}: SIPRI's table has"
                     f" {row.tiv_mn:g}, its register adds up to {row.tiv_mn_sum:g}.")  # fmt: skip
    if len(wide) > 10:
        notes.append(f"{len(wide) - 10} more figures are over 1 TIV apart.")
