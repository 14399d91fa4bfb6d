"""What changed from one release of the SIPRI database to the next, and what that does to claims.

Deals are matched by SIPRI's number or, where an export lacks it, by parties, years and quantities,
never by name, because names change. A side is a release that is at hand: among the package's own
tables or in an analyst's data folder.
"""

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers import arms, at_hand, choices, scorecard, tables
from helpers.claims import Tables, ledger
from helpers.importers import sipri_join

ALL_YEARS = (1900, 2100)
# Years and quantities are what releases revise: a deal without a number may be known by the rest.
REVISED = ["unit_tiv", "condition"]
KINDS = ["added", "gone", "revised"]
# What a release can say differently of a deal. Wording is left out: it changes every year.
DEAL_FIGURES = [
    "order_year", "ordered_units", "delivered_units", "delivery_years", "condition", "tiv_mn",
]  # fmt: skip
YEAR_FIGURES = ["delivered_units", "tiv_mn"]
# How the figures of a deal are said.
FIGURE_WORDS = {
    "order_year": "year of order",
    "ordered_units": "units ordered",
    "delivered_units": "units delivered",
    "delivery_years": "years of delivery",
    "condition": "condition",
    "tiv_mn": "million TIV",
}
SHOWN = 15
TITLES = {
    "deals": "Deals",
    "years": "Deliveries by deal and year",
    "volumes": "Volumes by year, pairs and totals",
}


class Side(NamedTuple):
    """One of the two releases compared: its month, the folder it is read from, and a name."""

    release: str
    where: Path | None
    name: str


def side(text: str) -> Side:
    """Find the release that is meant: 2025-03, a data folder, or one set in a data folder.

    A folder stands for the newest release in it.

    Raises
    ------
    ValueError
        If it is no release at hand and no folder with an imported register.

    Examples
    --------
    >>> side("2025-03")
    Side(release='2025-03', where=None, name='March 2025')
    """
    if text in at_hand.releases():
        return Side(text, at_hand.folder(), arms.release_name(text))
    path = Path(text)
    where = path.parent if (path / "import.json").is_file() else path
    held = at_hand.imported_releases(where) if where.is_dir() else []
    if path != where:
        held = [release for release in held if path.name == f"sipri-{release}"]
    if not held:
        raise ValueError(
            f"{text}: neither a release at hand ({', '.join(at_hand.releases())}) nor a folder "
            "with an imported register; `nolimits data import sipri FILE... --data DIR` makes one"
        )
    return Side(held[-1], where, f"{arms.release_name(held[-1])} in {where.name}")


def deals(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """List the deals that one release has and the other lacks, and those with other figures.

    Parameters
    ----------
    old, new
        Rows of arms_deals, of one release each.

    Returns
    -------
    pandas.DataFrame
        One row a deal: `deal_id`, `supplier`, `recipient`, `designation` (as the newer release
        has it), `order_year`, `change` (added, gone or revised), `what` (the figures that
        differ, old and new), `old_tiv_mn`, `new_tiv_mn`, `tiv_change_mn`; the largest first.
    """
    old, new = _same_numbers(old, new)
    both = _matched(old, new, ["key"])
    differs = pd.DataFrame({f: _differs(both, f) for f in DEAL_FIGURES}, index=both.index)
    changed = _kind(both, differs.any(axis=1))
    facts = ["deal_id", "supplier", "recipient", "designation", "order_year"]
    is_there = both["_merge"] != "left_only"
    found = pd.DataFrame(index=both.index).assign(
        **{f: both[f"{f}_new"].where(is_there, both[f"{f}_old"]) for f in facts},
        change=changed,
        what=[_what(row, differs.columns[flags]) for row, flags in _pairs(both, differs)],
    )  # fmt: skip
    return _sized(found, both)[changed.notna()].pipe(_largest_first)


def _same_numbers(old: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the same deal the same `key` on both sides.

    SIPRI's number settles it. Deals for which only an export without numbers was imported are
    matched as the importer does it, by parties, years and quantities.
    """
    old, new = old.reset_index(drop=True), new.reset_index(drop=True)
    is_own = new["deal_id"].isin(old["deal_id"]) & ~new["deal_id"].str.startswith("x-")
    open_new, open_old = new[~is_own], old[~old["deal_id"].isin(new.loc[is_own, "deal_id"])]
    running_new, running_old = (
        part["deal_id"].str.startswith("x-") for part in (open_new, open_old)
    )
    # Two different numbers of SIPRI's are two deals, however alike.
    match = _alike(open_new[running_new], open_old)
    rest = open_old[running_old].drop(match.to_numpy(), errors="ignore")
    match = pd.concat([match, _alike(open_new[~running_new], rest)])
    # What finds no match must not meet another deal that happens to have the same running number.
    key = new["deal_id"].where(is_own, "new " + new["deal_id"])
    key.loc[match.index] = old.loc[match.to_numpy(), "deal_id"].to_numpy()
    return old.assign(key=old["deal_id"]), new.assign(key=key)


def _alike(new: pd.DataFrame, old: pd.DataFrame) -> pd.Series:
    """Match deals of two releases one to one: index of the newer to index of the older."""
    mine, theirs = (sipri_join.facts(part, *ALL_YEARS) for part in (new, old))
    theirs = theirs.join(old[sipri_join.TAKEN])
    return sipri_join.pair(mine, theirs, (*sipri_join.STEPS, REVISED))


def steps(of: pd.DataFrame) -> pd.DataFrame:
    """Compare each release of some deals with the one before it.

    Parameters
    ----------
    of
        Rows of arms_deals, of any number of releases.

    Returns
    -------
    pandas.DataFrame
        The rows of `deals` with `from_release` and `to_release`; empty with fewer than two.
    """
    found = [
        deals(arms.deals_at(of, before), arms.deals_at(of, after)).assign(
            from_release=before, to_release=after
        )
        for before, after in pairwise(sorted(of["release"].unique()))
    ]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def years(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """List the deliveries by deal and year that one release has and the other lacks or revises.

    Parameters
    ----------
    old, new
        Rows of arms_deliveries, of one release each.

    Returns
    -------
    pandas.DataFrame
        One row a deal and year: `deal_id`, `year`, `change`, `old_units`, `new_units`,
        `old_tiv_mn`, `new_tiv_mn`, `tiv_change_mn`; only years that both releases cover can
        have gone or been revised, later ones are added.
    """
    shared = (max(f["year"].min() for f in (old, new)), old["year"].max())
    old, new = old[old["year"] >= shared[0]], new[new["year"] >= shared[0]]
    both = _matched(old, new, ["deal_id", "year"])
    differs = pd.concat([_differs(both, figure) for figure in YEAR_FIGURES], axis=1).any(axis=1)
    changed = _kind(both, differs)
    found = both[["deal_id", "year"]].assign(
        change=changed,
        old_units=both["delivered_units_old"],
        new_units=both["delivered_units_new"],
    )
    return _sized(found, both)[changed.notna()].pipe(_largest_first)


def volumes(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """List the yearly volumes of pairs and totals that one release gives differently.

    Parameters
    ----------
    old, new
        Rows of arms_tiv, of one release each; of several bases the best is compared.

    Returns
    -------
    pandas.DataFrame
        `supplier`, `recipient`, `year`, `change`, `old_tiv_mn`, `new_tiv_mn`, `tiv_change_mn`;
        official tables are rounded, so a change below one is none.
    """
    both = _matched(*(_best(tiv) for tiv in (old, new)), ["supplier", "recipient", "year"])
    change = (both["tiv_mn_new"] - both["tiv_mn_old"]).abs()
    changed = _kind(both, change >= 1)
    found = both[["supplier", "recipient", "year"]].assign(change=changed)
    sized = _sized(found, both)[changed.notna()].pipe(_largest_first)
    # Years that only one side holds say nothing of revisions.
    order = sized["change"].map(["revised", "gone", "added"].index).sort_values(kind="stable")
    return sized.loc[order.index].reset_index(drop=True)


def _best(tiv: pd.DataFrame) -> pd.DataFrame:
    """Keep one row a flow and year: SIPRI's own table before our sums."""
    order = tiv["basis"].map(arms.BASES.index).sort_values(kind="stable").index
    key = ["supplier", "recipient", "year"]
    return tiv.loc[order].drop_duplicates(key)[[*key, "tiv_mn"]]


def _matched(old: pd.DataFrame, new: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Put the rows of two releases side by side, one a key, those of one side only included."""
    return old.merge(new, on=key, how="outer", suffixes=("_old", "_new"), indicator=True,
                     validate="one_to_one")  # fmt: skip


def _differs(both: pd.DataFrame, figure: str) -> pd.Series:
    """Mark the rows whose figure is known on both sides and not the same."""
    old, new = both[f"{figure}_old"], both[f"{figure}_new"]
    known = old.notna() & new.notna()
    if figure == "tiv_mn":
        # Exports round to two digits; less than half of the last one is no revision.
        return known & ((old - new).abs() > 0.005)
    return known & (old != new).fillna(False).astype(bool)


def _kind(both: pd.DataFrame, differs: pd.Series) -> pd.Series:
    """Say of each row whether it was added, gone or revised; missing where nothing changed."""
    kind = pd.Series(pd.NA, index=both.index, dtype="str")
    kind = kind.mask(differs, "revised").mask(both["_merge"] == "right_only", "added")
    return kind.mask(both["_merge"] == "left_only", "gone")


def _pairs(both: pd.DataFrame, differs: pd.DataFrame) -> zip:
    """Pair each row with the marks of what differs in it."""
    return zip(both.to_dict("records"), differs.to_numpy(), strict=True)


def _what(row: dict, figures: list[str]) -> str:
    """Write the figures of a deal that differ, such as units delivered 7 to 8."""
    parts = []
    for figure in figures:
        old, new = row[f"{figure}_old"], row[f"{figure}_new"]
        if figure == "delivery_years":
            before, after = set(old.split(";")), set(new.split(";"))
            steps = [f"with {y}" for y in sorted(after - before)]
            steps += [f"without {y}" for y in sorted(before - after)]
            parts.append(f"{FIGURE_WORDS[figure]} {', '.join(steps)}")
        else:
            parts.append(f"{FIGURE_WORDS[figure]} {_said(old)} to {_said(new)}")
    return "; ".join(parts)


def _said(cell: object) -> str:
    """Write one figure of a deal: no surplus decimals, no underscores."""
    return f"{cell:g}" if isinstance(cell, float) else str(cell).replace("_", " ")


def _sized(found: pd.DataFrame, both: pd.DataFrame) -> pd.DataFrame:
    """Add the volume on both sides and its change; a side without the row has none."""
    old, new = (both[f"tiv_mn_{s}"].astype("float64") for s in ("old", "new"))
    return found.assign(old_tiv_mn=old, new_tiv_mn=new, tiv_change_mn=new.fillna(0) - old.fillna(0))


def _largest_first(found: pd.DataFrame) -> pd.DataFrame:
    """Put the largest change of volume first."""
    order = found["tiv_change_mn"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order].reset_index(drop=True)


def claims(old: Side, new: Side) -> pd.DataFrame:
    """List every claim whose observed value or verdict is another in the newer release.

    Returns
    -------
    pandas.DataFrame
        `claim_id`, `paraphrase`, `unit`, `old_observed`, `new_observed`, `old_verdict`,
        `new_verdict`; the default choices hold otherwise.
    """
    results = {}
    for name, one in (("old", old), ("new", new)):
        data = Tables(where=one.where)
        chosen = choices.choose().model_copy(update={"sipri_release": one.release})
        results[name] = scorecard.evaluate(chosen, ledger(), data).set_index("claim_id")
    before, after = results["old"], results["new"]
    same = (before["observed"] == after["observed"]) | (
        before["observed"].isna() & after["observed"].isna()
    )
    changed = ~same | (before["verdict"] != after["verdict"])
    found = pd.DataFrame(
        {
            "paraphrase": after["paraphrase"],
            "unit": after["unit"],
            "old_observed": before["observed"],
            "new_observed": after["observed"],
            "old_verdict": before["verdict"],
            "new_verdict": after["verdict"],
        }
    )
    return found[changed].reset_index()


def compare(old: Side, new: Side) -> dict[str, pd.DataFrame]:
    """Compare two releases: `deals`, `years` (by deal and year), `volumes` and `claims`.

    `years` is empty where one of the two is not held by deal and year. What only one side can
    speak of is left out: the package holds an extract, an export may be of one state only.
    """
    sides = [
        {name: _at(name, one) for name in ("arms_deals", "arms_deliveries", "arms_tiv")}
        for one in (old, new)
    ]
    if old.where is None or new.where is None:
        own = sides[0] if old.where is None else sides[1]
        sides = [_within(own, side) for side in sides]
    before, after = _both_speak_of(*sides)
    by_year = [side["arms_deliveries"] for side in (before, after)]
    return {
        "deals": deals(before["arms_deals"], after["arms_deals"]),
        "years": years(*by_year) if all(map(len, by_year)) else pd.DataFrame(),
        "volumes": volumes(before["arms_tiv"], after["arms_tiv"]),
        "claims": claims(old, new),
    }


def _both_speak_of(old: dict[str, pd.DataFrame], new: dict[str, pd.DataFrame]) -> list[dict]:
    """Keep the deals of suppliers and recipients that occur on both sides, in years of both.

    An export that begins later cuts off what was delivered before: such deals cannot be compared.
    """
    deals = [side["arms_deals"] for side in (old, new)]
    start = max((frame["first_delivery_year"].min() for frame in deals if len(frame)), default=0)
    cut = {i for f in deals for i in f.loc[f["first_delivery_year"] < start, "deal_id"]}
    kept = []
    for side in (old, new):
        mine = side["arms_deals"]
        mine = mine[~mine["deal_id"].isin(cut)]
        for party in ("supplier", "recipient"):
            mine = mine[mine[party].isin(deals[0][party]) & mine[party].isin(deals[1][party])]
        given = side["arms_deliveries"]
        given = given[given["deal_id"].isin(mine["deal_id"])]
        kept.append(side | {"arms_deals": mine, "arms_deliveries": given})
    return kept


def _within(own: dict[str, pd.DataFrame], side: dict[str, pd.DataFrame]) -> dict:
    """Keep the flows that the package holds itself, and the deliveries of their deals."""
    kept = {}
    for name in ("arms_deals", "arms_tiv"):
        flows = [pd.MultiIndex.from_frame(f[name][["supplier", "recipient"]]) for f in (own, side)]
        kept[name] = side[name][flows[1].isin(flows[0])]
    given = side["arms_deliveries"]
    return kept | {"arms_deliveries": given[given["deal_id"].isin(kept["arms_deals"]["deal_id"])]}


def _at(name: str, one: Side) -> pd.DataFrame:
    """Load the rows of one release: of an import only its own, not those of the package too."""
    imported = one.release in at_hand.imported_releases(one.where)
    frame = tables.of_set(one.where, f"sipri-{one.release}", name) if imported else None
    if frame is None:
        frame = tables.load(name, one.where)
    return frame[frame["release"] == one.release]


def as_text(found: dict[str, pd.DataFrame], old: Side, new: Side) -> str:
    """Write a comparison for the terminal: counts, the largest revisions, the claims.

    Parameters
    ----------
    found
        As `compare` gives it.
    old, new
        The two sides.
    """
    words = [
        f"From the release of {old.name} to that of {new.name}; only suppliers, recipients and "
        "years that both sides hold"
    ]
    for name, title in TITLES.items():
        words += ["", _counts(found[name], title), *_largest(found[name], name)]
    claims = found["claims"]
    turned = (claims["old_verdict"] != claims["new_verdict"]).sum()
    words += ["", f"Claims: {len(claims)} measured differently, {turned} with another verdict"]
    words += [_claim_words(row) for row in claims.to_dict("records")]
    return "\n".join(words)


def _counts(frame: pd.DataFrame, title: str) -> str:
    """Count what was added, gone and revised, and the net change of volume."""
    if "change" not in frame:
        return f"{title}: not compared, as they are not imported for both releases"
    counts = frame["change"].value_counts().reindex(KINDS, fill_value=0)
    parts = ", ".join(f"{number:,} {kind}" for kind, number in counts.items())
    # Volumes hold pairs and totals, which must not be added up.
    if "deal_id" not in frame:
        return f"{title}: {parts}"
    words = f"{title}: {parts}; {frame['tiv_change_mn'].sum():+,.1f} million TIV"
    unnumbered = int(frame["deal_id"].str.startswith("x-").sum())
    if unnumbered:
        words += (
            f"\n  {unnumbered:,} of them have no number of SIPRI's; such a deal with other "
            "quantities and years shows as gone and added"
        )
    return words


def _largest(frame: pd.DataFrame, name: str) -> list[str]:
    """Write the largest changes, one a line, and say how many more there are."""
    rows = frame.head(SHOWN).to_dict("records")
    label = {"deals": _deal_words, "years": _year_words, "volumes": _volume_words}[name]
    lines = [f"  {row['tiv_change_mn']:+10,.1f}  {row['change']:8} {label(row)}" for row in rows]
    return lines + [f"  ... and {len(frame) - SHOWN} more"] * (len(frame) > SHOWN)


def _deal_words(row: dict) -> str:
    """Name a deal and what differs."""
    words = f"{row['supplier']} to {row['recipient']}, ordered {row['order_year']}"
    return f"{words}: {row['designation']} ({row['deal_id']}) {row['what']}".rstrip()


def _year_words(row: dict) -> str:
    """Name a delivery of one year and its units on both sides."""
    old, new = ("none" if pd.isna(row[f"{s}_units"]) else row[f"{s}_units"] for s in ("old", "new"))
    return f"deal {row['deal_id']} in {row['year']}: {old} to {new} units"


def _volume_words(row: dict) -> str:
    """Name a flow and year and its volume on both sides."""
    old, new = (
        "not held" if pd.isna(row[f"{s}_tiv_mn"]) else f"{row[f'{s}_tiv_mn']:,.0f}"
        for s in ("old", "new")
    )
    return f"{row['supplier']} to {row['recipient']} in {row['year']}: {old} to {new}"


def _claim_words(row: dict) -> str:
    """Write what became of one claim."""
    old, new = (f"{row[f'{s}_observed']:.6g}" for s in ("old", "new"))
    verdict = row["new_verdict"]
    if row["old_verdict"] != verdict:
        verdict = f"{row['old_verdict']} -> {verdict}"
    return f"  {row['claim_id']:10} {old} -> {new} {row['unit']}; {verdict}: {row['paraphrase']}"
