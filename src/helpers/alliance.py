"""How deep the relationship goes: rubric scores, clauses, statements, incidents, reported numbers.

A cell of the rubric that nobody could source is blank: it stays out of a score, and the score is
shown with the range that it would have if every blank were absent or present.
"""

import numpy as np
import pandas as pd

from helpers import choices, dates, stats

PAIR = "Russia-China"
ERA_LABELS = {
    "1992_2013": "1992–2013",
    "2014_2022": "2014–Feb 2022",
    "since_2022": "since Feb 2022",
}
LATEST = f"{PAIR}, {ERA_LABELS['since_2022']}"
THEMES = ["commitment", "integration", "practice", "support", "political"]
STAGE_LABELS = {
    "moderate": "moderate stage",
    "between": "between the two",
    "deep": "deep stage",
    "none": "not on the scale",
}
TOPICS = {
    "denials": "denials by Beijing",
    "copying": "copying of weapons",
    "course_of_war": "course of the war",
    "pla_lessons": "lessons for China's army",
    "espionage": "espionage",
    "public_opinion": "public opinion in China",
    "transfers": "transfers",
    "trust": "trust",
    "technology_gap": "technology gap",
    "exercises": "joint exercises",
    "background": "course of events",
    "arctic": "the Arctic",
    "regions": "regions of interest",
    "doctrine": "Chinese doctrine",
    "narrative": "Chinese narratives",
    "diplomacy": "diplomacy",
    "sanctions": "effect of sanctions",
    "early warning": "early warning",
}
BEARINGS = {"for": "yes", "mixed": "in part", "against": "no"}
# What Chinese items in Russian military use are, from weapons to goods that kill nobody.
NATURES = {
    "weapon": "weapon",
    "small_arms": "small arms",
    "military_vehicle": "military vehicle",
    "weaponised_civil": "civil item turned weapon",
    "component_of_weapon": "part of a weapon",
    "component": "engine or part",
    "dual_use": "dual use",
    "non_lethal": "not lethal",
}
# Of these classes everyone would say that they are heavy weapons; of those only some.
HEAVY = ("tank", "artillery", "combat_aircraft", "warship", "missile")
HEAVY_IF_WIDE = ("armoured_vehicle", "armed_drone")
BODIES = {"vote_unsc": "Council", "vote_unga": "Assembly"}
VOTES = {
    "for": "in favour",
    "against": "against",
    "abstain": "abstained",
    "not_seen": "vote not seen",
}
ISSUES = {
    "annexations_2022": "annexations",
    "crimea": "Crimea",
    "human_rights_seat": "seat on human rights",
    "invasion": "invasion",
    "reparations": "reparations",
}
BASES = {
    "official_table": "SIPRI's own table",
    "register_sum": "our sum over the register",
    "mirror_sum": "our sum over a public mirror of the register",
}
SCALE = ["absent", "partial", "present"]
GRADE_ORDER = ["explicit_support", "implicit_support", "neutral", "declines", "against"]
DIRECTIONS = {
    "Russia on China's claims": ("RUS", "CHN"),
    "China on Russia's claims": ("CHN", "RUS"),
}
CLAUSES = {
    "mutual_defence_clause": "Mutual defence",
    "consultation_clause": "Consultation",
    "nonaggression_clause": "Non-aggression",
    "no_hostile_alliance_clause": "No hostile alliance",
    "early_warning_clause": "Early warning",
    "exercise_clause": "Exercises or patrols",
    "is_alliance_disclaimed": "Says: no alliance",
}
HALF = {"obligation": ("theme", "commitment"), "practice": ("theme", "practice"),
        "deep": ("korolev_stage", "deep")}  # fmt: skip
WEIGHTINGS = {
    "equal": "every indicator the same",
    "themes": "every theme the same",
    "obligation": "half on treaty texts",
    "practice": "half on what is done together",
    "deep": "half on bases, command and troops",
}


def cells(indicators: pd.DataFrame, min_confidence: str) -> pd.DataFrame:
    """Pick the row that stands for each indicator, pair of states and era.

    The primary row comes first; where it is not confident enough, another row of the same cell
    takes its place. Past states of a comparison pair are left out.

    Returns
    -------
    pandas.DataFrame
        One row a cell, with its `column` for figures: the pair, for Russia-China with the era.
    """
    known = choices.confident(indicators[indicators["era"] != "earlier"], min_confidence)
    ranked = known.sort_values(["is_primary", "coding_id"], ascending=[False, True])
    picked = ranked.drop_duplicates(["indicator", "dyad", "era"]).copy()
    picked["column"] = pair_and_era(picked)
    return picked.sort_values("coding_id").reset_index(drop=True)


def pair_and_era(codings: pd.DataFrame) -> pd.Series:
    """Name the pair of states of each coding, for Russia-China with its era.

    Examples
    --------
    >>> frame = pd.DataFrame({"dyad": [PAIR, "US-Japan"], "era": ["since_2022", "current"]})
    >>> pair_and_era(frame).tolist()
    ['Russia-China, since Feb 2022', 'US-Japan']
    """
    era = codings["era"].map(ERA_LABELS)
    return codings["dyad"].where(era.isna(), codings["dyad"] + ", " + era.fillna(""))


def columns(indicators: pd.DataFrame) -> list[str]:
    """List the columns of the rubric: the eras of Russia-China, then the comparison pairs."""
    others = indicators.loc[indicators["is_comparison"], "dyad"].drop_duplicates().tolist()
    return [f"{PAIR}, {label}" for label in ERA_LABELS.values()] + others


def matrix(
    picked: pd.DataFrame, rubric: pd.DataFrame, names: list[str], what: str = "level"
) -> pd.DataFrame:
    """Lay cells out as indicator × column; a combination without a row is missing.

    Parameters
    ----------
    picked
        From `cells`.
    rubric
        The table alliance_rubric; rows go by its themes, from texts to politics.
    names
        Columns wanted, from `columns`.
    what
        Column of `picked` to show: level or score.
    """
    wide = picked.pivot(index="indicator", columns="column", values=what)
    return wide.reindex(index=by_theme(rubric)["indicator"].tolist(), columns=names)


def by_theme(rubric: pd.DataFrame) -> pd.DataFrame:
    """Order the indicators by theme, from treaty texts to political support."""
    place = rubric["theme"].map(THEMES.index)
    return rubric.iloc[place.argsort(kind="stable").to_numpy()].reset_index(drop=True)


def depth(picked: pd.DataFrame, rubric: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Give the depth that each cell stands for, 0 to 1; missing where blank or disputed.

    Indicators whose presence is evidence of a limit are turned round.
    """
    scores = matrix(picked, rubric, names, "score").astype("float64")
    sign = rubric.set_index("indicator")["depth_sign"].astype("float64")
    return scores.where(sign > 0, 1 - scores)


def weights(rubric: pd.DataFrame, weighting: str) -> pd.Series:
    """Weigh the indicators; the weights of all add up to one.

    Parameters
    ----------
    rubric
        The table alliance_rubric.
    weighting
        A name in `WEIGHTINGS`.

    Examples
    --------
    >>> rubric = pd.DataFrame(
    ...     {"indicator": ["a", "b", "c"], "theme": ["commitment", "practice", "practice"]}
    ... )
    >>> weights(rubric, "obligation").tolist()
    [0.5, 0.25, 0.25]
    """
    if weighting in HALF:
        column, chosen = HALF[weighting]
        group = rubric[column] == chosen
        share = group.map({True: 0.5, False: 0.5})
    else:
        group = rubric["theme"] if weighting == "themes" else pd.Series(0, index=rubric.index)
        share = pd.Series(1 / group.nunique(), index=rubric.index)
    size = group.groupby(group).transform("size")
    return pd.Series((share / size).to_numpy(dtype=float), index=rubric["indicator"].tolist())


def weighted_mean(depths: pd.DataFrame, weight: pd.Series) -> pd.Series:
    """Average the known cells of each column; missing where a column has none.

    Examples
    --------
    >>> depths = pd.DataFrame({"x": [1.0, 0.0, None]}, index=["a", "b", "c"])
    >>> weighted_mean(depths, pd.Series([0.5, 0.25, 0.25], index=["a", "b", "c"])).round(3).tolist()
    [0.667]
    """
    known = depths.notna().mul(weight, axis=0)
    total = known.sum()
    return depths.fillna(0).mul(weight, axis=0).sum() / total.where(total > 0)


def draws(depths: pd.DataFrame, rounds: int = 2000) -> pd.DataFrame:
    """Score every column under random weights: rounds × column.

    The weights are drawn evenly from all that add up to one (Dirichlet with all parameters 1),
    with a fixed seed.
    """
    # Weights go to indicators by name, so that the order of the table does not matter.
    depths = depths.sort_index()
    generator = np.random.default_rng(stats.SEED)
    drawn = generator.dirichlet(np.ones(len(depths)), size=rounds)
    known = depths.notna().to_numpy(dtype=float)
    total = drawn @ known
    scored = drawn @ depths.fillna(0).to_numpy()
    kept = np.where(known.any(axis=0), scored / np.where(total > 0, total, 1), np.nan)
    return pd.DataFrame(kept, columns=depths.columns)


def scores(depths: pd.DataFrame, rubric: pd.DataFrame, weighting: str) -> pd.DataFrame:
    """Score every column, with its ranges.

    Returns
    -------
    pandas.DataFrame
        Indexed by column: `score` under the chosen weights; `low` and `high`, the middle 95 per
        cent under random weights; `blank_low` and `blank_high`, the score if every blank were
        absent or present; `coded`, the number of indicators known.
    """
    weight = weights(rubric, weighting)
    random = draws(depths)
    return pd.DataFrame(
        {
            "score": weighted_mean(depths, weight),
            "low": random.quantile(0.025),
            "high": random.quantile(0.975),
            "blank_low": weighted_mean(depths.fillna(0), weight),
            "blank_high": weighted_mean(depths.fillna(1), weight),
            "coded": depths.notna().sum(),
        }
    )


def by_weighting(depths: pd.DataFrame, rubric: pd.DataFrame) -> pd.DataFrame:
    """Score every column under each named weighting: column × weighting."""
    return pd.DataFrame({name: weighted_mean(depths, weights(rubric, name)) for name in WEIGHTINGS})


def scored_higher(depths: pd.DataFrame, reference: str = LATEST) -> pd.Series:
    """Give the share of random weights, in per cent, under which each pair scores higher."""
    random = draws(depths)
    others = [c for c in depths if not c.startswith(PAIR)]
    higher = random[others].gt(random[reference], axis=0).mean() * 100
    return higher.where(random[others].notna().any() & random[reference].notna().any())


def leave_one_out(depths: pd.DataFrame, rubric: pd.DataFrame, weighting: str) -> pd.DataFrame:
    """Give the lowest and highest score of each column when any one indicator is left out."""
    weight = weights(rubric, weighting)
    without = pd.DataFrame(
        {name: weighted_mean(depths.drop(index=name), weight.drop(name)) for name in depths.index}
    )
    return pd.DataFrame({"low": without.min(axis=1), "high": without.max(axis=1)})


def like_for_like(
    depths: pd.DataFrame, rubric: pd.DataFrame, weighting: str, reference: str = LATEST
) -> pd.DataFrame:
    """Compare a column with each comparison pair on the indicators known for both.

    Returns
    -------
    pandas.DataFrame
        Indexed by comparison pair: `shared` indicators, `reference` and `other` score on them.
    """
    weight = weights(rubric, weighting)
    rows = {}
    for name in [c for c in depths if not c.startswith(PAIR)]:
        both = depths[[reference, name]].dropna()
        mean = weighted_mean(both, weight.loc[both.index])
        rows[name] = {"shared": len(both), "reference": mean[reference], "other": mean[name]}
    return pd.DataFrame.from_dict(rows, orient="index")


def by_group(depths: pd.DataFrame, rubric: pd.DataFrame, column: str) -> pd.DataFrame:
    """Average the known cells of each theme or stage: group × column of the rubric."""
    group = rubric.set_index("indicator")[column]
    return depths.groupby(group).mean().reindex(group.drop_duplicates())


def two_codings(indicators: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Put the two codings of the primary cells side by side.

    Returns
    -------
    pandas.DataFrame
        coding_id, indicator, dyad, era, level, rationale, level_second, rationale_second and
        `steps`: how many steps of the scale lie between them; missing where one is disputed.
    """
    first = indicators[["coding_id", "indicator", "dyad", "era", "level", "rationale"]]
    again = second[["coding_id", "level", "rationale"]]
    both = first.merge(again, on="coding_id", suffixes=("", "_second"), validate="one_to_one")
    first_place, second_place = (
        both[c].map({level: place for place, level in enumerate(SCALE)})
        for c in ("level", "level_second")
    )
    return both.assign(steps=(first_place - second_place).abs())


def cross_coded(both: pd.DataFrame) -> pd.DataFrame:
    """Count cells by the first coder's level (rows) and the second's (columns), on the scale."""
    table = pd.crosstab(both["level"], both["level_second"])
    return table.reindex(index=SCALE, columns=SCALE, fill_value=0)


def clause_matrix(agreements: pd.DataFrame) -> pd.DataFrame:
    """Lay the clauses of the agreements out, oldest first: agreement id × clause."""
    ordered = agreements.sort_values(["date", "agreement_id"]).set_index("agreement_id")
    said = ordered["is_alliance_disclaimed"].map({True: "yes", False: "no"})
    wide = ordered.assign(is_alliance_disclaimed=said)[list(CLAUSES)]
    return wide.rename(columns=CLAUSES)


def by_era(frame: pd.DataFrame, column: str, chosen: choices.Choices) -> pd.Series:
    """Give the era of each row's date."""
    return dates.era(frame[column], chosen.cutoff_1, chosen.cutoff_2)


def graded(statements: pd.DataFrame, chosen: choices.Choices) -> pd.DataFrame:
    """Keep statements that are graded, not withdrawn and confident enough; add their era."""
    known = choices.confident(statements, chosen.min_confidence)
    kept = known[known["score"].notna() & ~known["is_withdrawn"].astype(bool)].copy()
    return kept.assign(era=by_era(kept, "date", chosen))


def recognition(statements: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split graded statements on territory by direction; mutual ones count in both."""
    land = statements[statements["is_territorial"].astype(bool)]
    return {
        name: land[land["speaker_of"].isin([speaker, "both"]) & land["claim_of"].isin([of, "both"])]
        for name, (speaker, of) in DIRECTIONS.items()
    }


def grade_counts(statements: pd.DataFrame) -> pd.DataFrame:
    """Count grades by direction, with and without votes: direction and rule × grade."""
    rows = {}
    for name, part in recognition(statements).items():
        for rule, kept in (("with votes", part), ("without votes", part[~part["is_vote"]])):
            rows[f"{name},\n{rule}"] = kept["grade"].value_counts().reindex(GRADE_ORDER)
    return pd.DataFrame.from_dict(rows, orient="index").fillna(0).astype(int)


def era_grades(statements: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    """Average the grade of statements on territory by era, with and without votes.

    Returns
    -------
    pandas.DataFrame
        `direction`, `rule`, `era`, `statements` and `score`; a mean of none is missing.
    """
    rows = []
    for name, part in recognition(statements).items():
        for rule, kept in (("with votes", part), ("without votes", part[~part["is_vote"]])):
            for label in labels:
                scored = kept.loc[kept["era"].astype("str") == label, "score"]
                mean = scored.astype("float64").mean()
                rows.append((name, rule, label, len(scored), mean))
    return pd.DataFrame(rows, columns=["direction", "rule", "era", "statements", "score"])


def chinese_votes(statements: pd.DataFrame, min_confidence: str) -> pd.DataFrame:
    """List the votes on texts critical of Russia, oldest first, with the total of votes cast."""
    votes = choices.confident(statements[statements["is_vote"].astype(bool)], min_confidence)
    about = votes[votes["claim_of"] == "RUS"].sort_values(["date", "statement_id"])
    cast = about[["votes_for", "votes_against", "votes_abstain"]].sum(axis=1)
    return about.assign(votes_cast=cast).reset_index(drop=True)


def vote_names(votes: pd.DataFrame) -> pd.Series:
    """Name each vote by its day, body, subject and China's own vote.

    Examples
    --------
    >>> vote = {"date": "2022-02-25", "form": "vote_unsc", "issues": "invasion"}
    >>> vote_names(pd.DataFrame([vote | {"vote_chn": "abstain"}])).tolist()
    ['2022-02-25 Council, invasion: abstained']
    """
    body, own = votes["form"].map(BODIES), votes["vote_chn"].map(VOTES)
    subject = votes["issues"].str.split(";").str[0].map(ISSUES)
    return votes["date"] + " " + body + ", " + subject + ": " + own


def shown_incidents(incidents: pd.DataFrame, min_grade: str, min_confidence: str) -> pd.DataFrame:
    """Keep the incidents of at least a grade of evidence (A is best), oldest first."""
    known = choices.confident(incidents, min_confidence)
    kept = known[known["evidence_grade"] <= min_grade]
    return kept.sort_values(["date_start", "incident_id"]).reset_index(drop=True)


def headcounts(fighters: pd.DataFrame, min_confidence: str) -> pd.DataFrame:
    """Keep the reported numbers of people, Chinese first, smallest first."""
    known = choices.confident(fighters, min_confidence)
    people = known[(known["kind"] == "figure") & (known["figure_unit"] == "people")]
    counted = people[people["figure_low"].notna()]
    order = counted.assign(rank=counted["population"].map({"chinese": 0, "all_foreigners": 1}))
    return order.sort_values(["rank", "figure_low"]).drop(columns="rank").reset_index(drop=True)


def views(perceptions: pd.DataFrame, min_confidence: str) -> pd.DataFrame:
    """Count views by topic and bearing; a view on two topics counts under each."""
    known = choices.confident(perceptions, min_confidence)
    each = known.assign(topic=known["topics"].str.split(";")).explode("topic")
    counts = pd.crosstab(each["topic"], each["bearing"])
    wide = counts.reindex(columns=["for", "mixed", "against"], fill_value=0)
    ordered = wide.loc[wide.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    return ordered.rename(TOPICS)


def reserves(perceptions: pd.DataFrame) -> pd.Series:
    """Give the reserves noted on each view, with the claims that they speak of by their full ids.

    Examples
    --------
    >>> view = {"bearing_note": "086 yes; 500 of 087 no", "claim_ids": "CEPA-086;CEPA-087"}
    >>> reserves(pd.DataFrame([view])).tolist()
    ['CEPA-086 yes; 500 of CEPA-087 no']
    """
    said = []
    for note, ids in zip(perceptions["bearing_note"], perceptions["claim_ids"], strict=True):
        full = {i.rpartition("-")[2]: i for i in str(ids).split(";")}
        words = str(note).split(" ") if pd.notna(note) else []
        said.append(" ".join(full.get(word, word) for word in words))
    return pd.Series(said, index=perceptions.index)


def release_both_ways(tiv: pd.DataFrame) -> tuple[str, str]:
    """Find the latest SIPRI release, and its basis, that has the volumes of both directions.

    Raises
    ------
    ValueError
        If no release has both.
    """
    sides = tiv[tiv["scope"] == "pair"].groupby(["release", "basis"])["supplier"].agg(set)
    both = sorted(key for key, suppliers in sides.items() if {"RUS", "CHN"} <= suppliers)
    if not both:
        raise ValueError("no release of the volumes has both directions")
    return both[-1]


def two_way_tiv(tiv: pd.DataFrame, release: str, basis: str) -> pd.DataFrame:
    """Give the yearly volumes both ways since 1992, from one release and basis.

    Returns
    -------
    pandas.DataFrame
        Indexed by year, million TIV: `to_china` and `to_russia`.
    """
    same = (tiv["release"] == release) & (tiv["basis"] == basis) & (tiv["scope"] == "pair")
    wide = tiv[same & (tiv["year"] >= 1992)].pivot(
        index="year", columns=["supplier", "recipient"], values="tiv_mn"
    )
    ways = {"to_china": ("RUS", "CHN"), "to_russia": ("CHN", "RUS")}
    return pd.DataFrame({name: wide.get(way) for name, way in ways.items()}, index=wide.index)


def military_items(transfers: pd.DataFrame, min_grade: str, min_confidence: str) -> pd.DataFrame:
    """Keep Chinese items documented in Russian military use, of at least a grade of evidence."""
    known = choices.confident(transfers, min_confidence)
    used = known["is_in_military_use"].astype(bool)
    kept = known[used & (known["evidence_grade"] <= min_grade)]
    return kept.sort_values(["date", "transfer_id"]).reset_index(drop=True)


def by_nature(items: pd.DataFrame) -> pd.DataFrame:
    """Count items by nature (rows, in words) and grade of evidence (columns, all three)."""
    table = pd.crosstab(items["lethality"], items["evidence_grade"])
    rows = [nature for nature in NATURES if nature in table.index]
    return table.reindex(index=rows, columns=list("ABC"), fill_value=0).rename(NATURES)


def of_them(part: int, whole: int) -> str:
    """Say how many of some things one means, as one says it.

    Examples
    --------
    >>> of_them(12, 12), of_them(2, 2), of_them(0, 3), of_them(2, 3)
    ('all of them', 'both of them', 'none of them', '2 of them')
    """
    if part == whole and part > 1:
        return f"{'both' if part == 2 else 'all'} of them"
    return f"{part or 'none'} of them"


def in_words(values: pd.Series | pd.DataFrame, digits: int = 0) -> str:
    """Read a small series or frame out, row by row, for the alternative text of a figure.

    Examples
    --------
    >>> in_words(pd.Series({"US-Japan": 0.917, "China-Pakistan": None}), 2)
    'US-Japan 0.92; China-Pakistan unknown'
    """
    rows = pd.DataFrame(values).astype("float64")
    said = rows.map(lambda x: "unknown" if np.isnan(x) else f"{x:,.{digits}f}")
    joined = said.agg(", ".join, axis=1).str.replace("-", "−")
    names = joined.index.astype("str").str.replace("\n", " ")
    return "; ".join(names + " " + joined.to_numpy())
