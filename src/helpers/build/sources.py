"""From the addresses beside each raw row to one table of sources.

A raw row names its pages in full (`source_url`, `source_publisher`, `source_title`,
`source_date`, and the same with _2); the clean row keeps an id. Pages cited from several rows
become one source; where the rows describe it differently, the commonest wording wins.
"""

import hashlib
import re
from urllib.parse import urlsplit

import pandas as pd

COLUMNS = ["source_id", "publisher", "title", "url", "date", "kind", "licence", "note"]
PARTS = ["url", "publisher", "title", "date"]


def cited(raw: pd.DataFrame) -> pd.DataFrame:
    """List the pages that the rows of a raw table name: url, publisher, title, date."""
    both = [
        pd.DataFrame({p: raw.get(f"source_{p}{end}", "") for p in PARTS}, index=raw.index)
        for end in ("", "_2")
        if f"source_url{end}" in raw
    ]
    if not both:
        return pd.DataFrame(columns=PARTS, dtype=str)
    pages = pd.concat(both)
    return pages[pages["url"] != ""]


def page_table(pages: pd.DataFrame) -> pd.DataFrame:
    """Make one source of all citations of the same address."""
    described = [
        {"url": url, **{part: _commonest(group[part]) for part in PARTS[1:]}}
        for url, group in pages.groupby("url")
    ]
    table = pd.DataFrame(described, columns=PARTS)
    table["source_id"] = table["url"].map(page_id)
    return table.assign(kind="page", licence="", note="")[COLUMNS]


def _commonest(cells: pd.Series) -> str:
    """Give the commonest filled cell; of equally common ones the longest, then the first."""
    counts = cells[cells != ""].value_counts()
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], -len(pair[0]), pair[0]))
    return ranked[0][0] if ranked else ""


def page_id(url: str) -> str:
    """Name a page by its host and a hash of its address.

    Examples
    --------
    >>> page_id("https://www.sipri.org/databases/armstransfers")
    'sipri-org-827e04'
    """
    host = re.sub(r"^www\.", "", urlsplit(url).netloc.lower())
    slug = re.sub(r"[^a-z0-9]+", "-", host).strip("-")
    return f"{slug}-{hashlib.sha256(url.encode()).hexdigest()[:6]}"


def with_ids(raw: pd.DataFrame, ids: dict[str, str]) -> pd.DataFrame:
    """Replace the addresses in a raw table by the ids of their sources."""
    inline = [f"source_{part}{end}" for part in PARTS for end in ("", "_2")]
    clean = raw.drop(columns=[column for column in inline if column in raw])
    for end in ("", "_2"):
        if f"source_url{end}" in raw:
            found = raw[f"source_url{end}"].map(ids).fillna("")
            given = raw.get(f"source_id{end}", pd.Series("", index=raw.index))
            clean[f"source_id{end}"] = given.where(given != "", found)
    return clean
