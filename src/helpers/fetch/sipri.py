"""SIPRI's arms transfers, asked from the backend of its web application.

What an analyst must know
-------------------------
- The backend is public and needs no key, but it is not a documented service: its addresses can
  change without notice. It is slow (about half a minute a request, more when asked often) and
  answers with errors at times. So: one request at a time, pauses, retries, and every answer is
  kept; the same request is not made twice on one day.
- Two forms of the register: `by_deal` (one row a deal, with order size and comments) and
  `by_delivery` (one row a deal and delivery year, with SIPRI's number of the deal). The importer
  joins them; fetch both.
- SIPRI revises its whole history each spring. A figure without the date of its export is wrong;
  the day is in each file's name and in the file itself.
- The terms of use (`TERMS`) must be accepted once for a data folder.
"""

import base64
import ipaddress
import json
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

import helpers
from helpers.fetch.cache import fingerprint
from helpers.files import write_whole
from helpers.importers.codes import known

BASE = "https://atbackend.sipri.org/api/p"
BY_HAND = "https://armstransfers.sipri.org/"
TERMS = """\
The SIPRI Arms Transfers Database belongs to SIPRI (https://doi.org/10.55163/SAFC1241).
As we read its terms, you may use it freely if both of these hold:
  - the use is not commercial (comment, news, teaching, scholarship, research ...), and
  - what you publish or pass on is less than a tenth of the database.
Name SIPRI as the source, with the date of the export; say that your own sums and conclusions
are yours and not SIPRI's. Any other use needs SIPRI's permission.
Terms change, and this is our summary, not SIPRI's text: check the current terms at
https://www.sipri.org/about/terms-and-conditions before you go on.
"""

# How the header of each form begins, and where its rows name supplier and recipient.
HEADER = {"by_deal": "Recipient,Supplier,Year of order,", "by_delivery": "SIPRI AT Database ID,"}
PARTIES = {"by_deal": (1, 0), "by_delivery": (1, 2)}
# A newline inside a comment breaks a record in two; the parties stand in the long first part.
FEWEST_CELLS = 12

TIMEOUT = (15, 180)
RETRIES = 4
BACKOFF = 5
LONGEST_WAIT = 600


def terms_accepted(folder: Path) -> bool:
    """Tell whether `TERMS`, as they stand now, were accepted for this data folder."""
    path = _terms_file(folder)
    return path.is_file() and path.read_text(encoding="utf-8", errors="replace") == TERMS


def accept_terms(folder: Path) -> None:
    """Remember that the analyst has read and accepted `TERMS`; other terms are asked anew."""
    write_whole(_terms_file(folder), TERMS.encode())


def _terms_file(folder: Path) -> Path:
    return folder / "downloads" / "sipri_terms_accepted.txt"


def fetch(
    folder: Path,
    supplier: str = "",
    recipient: str = "",
    first_year: int = 1950,
    last_year: int | None = None,
    forms: tuple[str, ...] = ("by_deal", "by_delivery"),
    base: str = BASE,
    say: Callable[[str], None] = print,
    pause: float = 10,
    fresh: bool = False,
    countries: dict[str, str] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Path]:
    """Save the trade register of a supplier, a recipient or a pair, as SIPRI sends it.

    Parameters
    ----------
    folder
        The data folder; files go to its `downloads`.
    supplier, recipient
        SIPRI's name or the code of a country; "" for all. With both empty this is the whole
        register: mind the terms.
    first_year, last_year
        Years of delivery; the last one is this year if it is not given. Orders that are still
        open come too.
    forms
        Which forms of the register.
    base
        Address of the backend: https, or this very machine.
    say
        Is told what goes on.
    pause
        Seconds between two requests.
    fresh
        Ask again even where today's answer is at hand.
    countries
        Codes of countries by SIPRI's name; by default the table country_codes.
    sleep
        How to wait.

    Returns
    -------
    list of pathlib.Path
        The CSV files, ready for the importer.

    Raises
    ------
    ValueError
        If the terms were not accepted, an argument is wrong, or the answer is not what it
        should be: what was asked, what came, and the way out. Files already saved stay.
    """
    last_year = last_year or date.today().year
    _check(base, first_year, last_year, forms)
    if not terms_accepted(folder):
        raise ValueError(f"SIPRI's terms of use have not been accepted for {folder}.\n{TERMS}")
    backend = _Backend(base.rstrip("/"), pause, say, sleep)
    found = []
    with backend.session:
        pair = _pair(backend, folder / "downloads", (supplier, recipient), fresh, countries)
        if not any(party.ids for party in pair):
            say("This asks for the whole register; less than a tenth of it may be passed on.")
        for form in forms:
            years = (first_year, last_year)
            path = _one_form(backend, folder / "downloads", form, pair, years, fresh)
            found += [path] if path else []
    if not found:
        raise ValueError(
            f"SIPRI has no transfers from {pair[0]} to {pair[1]} for {first_year}-{last_year}"
        )
    return found


def _check(base: str, first_year: int, last_year: int, forms: tuple[str, ...]) -> None:
    """Refuse addresses that anybody could listen in on, impossible years, unknown forms."""
    address = urlsplit(base)
    host = address.hostname or ""
    try:
        at_home = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        at_home = False
    if not host or not (address.scheme == "https" or (address.scheme == "http" and at_home)):
        raise ValueError(f"{base}: the address of the backend must begin with https://")
    if not 1950 <= first_year <= last_year <= 2100:
        raise ValueError(f"{first_year} to {last_year}: SIPRI's years run from 1950 on, in order")
    unknown = [form for form in forms if form not in HEADER]
    if unknown or not forms:
        raise ValueError(f"forms {list(forms)}: there are {', '.join(HEADER)}")


@dataclass(frozen=True)
class _Party:
    """A supplier or recipient: SIPRI's names and numbers for it, none for all countries."""

    names: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()

    def __str__(self) -> str:
        return " and ".join(self.names) or "all countries"


class _Patient(Retry):
    """Retries that wait as long as the server asks, but give up rather than wait for hours."""

    def get_retry_after(self, response: object) -> float | None:
        wait = super().get_retry_after(response)
        if wait and wait > LONGEST_WAIT:
            raise requests.exceptions.RetryError(f"wish to be left alone for {wait:.0f} seconds")
        return wait


@dataclass
class _Backend:
    """The backend of SIPRI's web application, asked one thing at a time."""

    base: str
    pause: float
    say: Callable[[str], None]
    sleep: Callable[[float], None]
    session: requests.Session = field(init=False)
    asked: int = 0

    def __post_init__(self) -> None:
        # Both calls only read, so that repeating a POST does no harm.
        retries = _Patient(
            total=RETRIES,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=("GET", "POST"),
            backoff_factor=BACKOFF,
            raise_on_status=False,
        )
        self.session = requests.Session()
        self.session.headers["User-Agent"] = f"no-limits/{helpers.__version__}"
        self.session.headers["Accept"] = "application/json"
        self.session.mount(self.base, HTTPAdapter(max_retries=retries))

    def ask(self, method: str, path: str, what: str, body: dict | None = None) -> object:
        """Give the JSON that the backend answers, or say why there is none."""
        if self.asked:
            self.sleep(self.pause)
        self.asked += 1
        self.say(f"Asking SIPRI for {what}; this may take some minutes ...")
        try:
            # A redirect leads to a web page: the backend has moved.
            answer = self.session.request(
                method, self.base + path, json=body, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            raise _no_use(what, f"no answer ({type(error).__name__}: {error})") from None
        text = answer.content[:500].decode("utf-8", "replace").strip()
        if answer.status_code != 200:
            raise _no_use(what, f"status {answer.status_code} {answer.reason}: {text[:80]!r}")
        if text.startswith("<"):
            raise _no_use(what, f"a web page instead of data: {text[:80]!r}")
        try:
            return answer.json()
        except (ValueError, RecursionError):
            raise _no_use(what, f"something that is not whole JSON: {text[:80]!r}") from None


def _no_use(what: str, came: str) -> ValueError:
    """Say what was asked, what came and what to do instead."""
    return ValueError(
        f"SIPRI was asked for {what}.\nWhat came: {came}.\nNothing of it was saved. Try again "
        f"later, or download the file by hand from {BY_HAND} and run:\n"
        "  nolimits data import sipri FILE..."
    )


def _pair(
    backend: _Backend,
    downloads: Path,
    asked: tuple[str, str],
    fresh: bool,
    countries: dict[str, str] | None,
) -> list[_Party]:
    """Look up supplier and recipient in SIPRI's list, the kept one first."""
    if not any(asked):
        return [_Party(), _Party()]
    path = downloads / "sipri_entities.json"
    listed = [] if fresh else _kept(path)
    pair = [_party(name, listed, countries) for name in asked]
    if None in pair:
        listed = _entities(backend.ask("GET", "/countries/getAllCountriesTrimmed", "its countries"))
        write_whole(path, json.dumps(listed, ensure_ascii=False).encode())
        pair = [_party(name, listed, countries) for name in asked]
    for name, party in zip(asked, pair, strict=True):
        if party is None:
            near = get_close_matches(name, [entity["Name"] for entity in listed], n=5, cutoff=0.5)
            hint = f"; do you mean {' or '.join(near)}?" if near else ""
            raise ValueError(f"{name!r} is not in SIPRI's list of countries{hint}")
    return pair


def _kept(path: Path) -> list[dict]:
    """Read the list of countries of an earlier day; one that is spoilt is as good as none."""
    try:
        return _entities(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []


def _entities(answer: object) -> list[dict]:
    """Take names and numbers out of SIPRI's list of countries."""
    listed = answer if isinstance(answer, list) else []
    kept = [
        {"EntityId": entity["EntityId"], "Name": entity["Name"]}
        for entity in listed
        if isinstance(entity, dict)
        and isinstance(entity.get("EntityId"), int)
        and isinstance(entity.get("Name"), str)
        and not entity.get("deleted")
    ]
    if not kept:
        raise _no_use("its countries", f"no list with EntityId and Name: {str(answer)[:80]!r}")
    return kept


def _party(asked: str, listed: list[dict], countries: dict[str, str] | None) -> _Party | None:
    """Find a country by SIPRI's name, or else by code; None if it is not in the list."""
    if not asked:
        return _Party()
    found = [entity for entity in listed if _plain(entity["Name"]) == _plain(asked)]
    if not found and listed and re.fullmatch(r"[A-Z]{3}", asked):
        named = {
            _plain(name) for name, code in (countries or known("sipri")).items() if code == asked
        }
        found = [entity for entity in listed if _plain(entity["Name"]) in named]
    if not found:
        return None
    names = tuple(dict.fromkeys(entity["Name"] for entity in found))
    return _Party(names, tuple(sorted({entity["EntityId"] for entity in found})))


def _plain(name: str) -> str:
    """Drop case, accents and signs, which differ between SIPRI's list and its tables.

    Examples
    --------
    >>> _plain("African Union**"), _plain("Türkiye") == _plain("Turkiye")
    ('african-union', True)
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def _one_form(
    backend: _Backend,
    downloads: Path,
    form: str,
    pair: list[_Party],
    years: tuple[int, int],
    fresh: bool,
) -> Path | None:
    """Save one form of the register, or point to today's file; None if there are no rows."""
    body = _body(form, pair, years)
    path = downloads / _file_name(form, pair, years, body)
    if path.is_file() and not fresh:
        backend.say(f"{path.name}: asked today already")
        return path
    what = f"the register {form} from {pair[0]} to {pair[1]}, {years[0]}-{years[1]}"
    answer = backend.ask("POST", "/trades/trade-register-csv/", what, body)
    content = _decoded(answer, what)
    rows = _rows(content, form, pair, what)
    if not rows:
        backend.say(f"SIPRI has no rows for {what}")
        return None
    backend.say(f"{path.name}: {rows} lines below the header")
    return write_whole(path, content)


def _body(form: str, pair: list[_Party], years: tuple[int, int]) -> dict:
    """Write the request; the mere presence of exportOption asks for the rows by delivery.

    Examples
    --------
    >>> body = _body("by_delivery", [_Party(("Russia",), (1050481,)), _Party()], (1990, 2025))
    >>> [(part["field"], part["value1"], part["listData"]) for part in body["filters"]]
    [('Supplier', '', [1050481]), ('Delivery year', 1990, []), ('Order year', 0, []),
     ('opendeals', '', []), ('exportOption', '', [])]
    """

    def part(name: str, condition: str = "", low: object = "", high: object = "", ids=()) -> dict:
        return {"field": name, "oldField": "", "condition": condition,
                "value1": low, "value2": high, "listData": list(ids)}  # fmt: skip

    sides = zip(("Supplier", "Recipient"), pair, strict=True)
    filters = [part(side, "contains", ids=party.ids) for side, party in sides if party.ids]
    filters.append(part("Delivery year", "contains", *years))
    filters.append(part("Order year", "contains", 0, years[1]))
    filters.append(part("opendeals"))
    filters += [part("exportOption")] if form == "by_delivery" else []
    return {"filters": filters, "logic": "AND"}


def _file_name(form: str, pair: list[_Party], years: tuple[int, int], body: dict) -> str:
    """Tell form, parties, years and day; the end sets apart requests whose names look alike."""
    names = "_".join(_plain(str(party)) for party in pair)
    span = f"{years[0]}-{years[1]}"
    return f"sipri_{form}_{names}_{span}_{_today()}_{fingerprint(body, 8)}.csv"


def _today() -> str:
    return date.today().isoformat()


def _decoded(answer: object, what: str) -> bytes:
    """Take the CSV out of the JSON around it."""
    packed = answer.get("bytes") if isinstance(answer, dict) else None
    if not isinstance(packed, str):
        raise _no_use(what, f"JSON without 'bytes': {json.dumps(answer)[:80]!r}")
    try:
        content = base64.b64decode(packed, validate=True)
    except ValueError as error:
        raise _no_use(what, f"broken base64 ({error})") from None
    if not content.strip():
        raise _no_use(what, "an empty file")
    return content


def _rows(content: bytes, form: str, pair: list[_Party], what: str) -> int:
    """Count the lines below the header, once it is sure that this is what was asked for."""
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        lines = content.decode("latin-1").split("\n")
    starts = [n for n, line in enumerate(lines[:40]) if line.startswith(HEADER[form])]
    if not starts:
        raise _no_use(what, f"no table {form}; it begins {lines[0][:80]!r}")
    # SIPRI's files end with a line feed; without it the last row may be half a row.
    if lines[-1].strip():
        raise _no_use(what, f"a table that breaks off at {lines[-1][-60:]!r}")
    rows = [line.split(",") for line in lines[starts[0] + 1 :] if line.strip()]
    whole = [cells for cells in rows if len(cells) >= FEWEST_CELLS]
    for column, party in zip(PARTIES[form], pair, strict=True):
        wanted = {_plain(name) for name in party.names}
        others = {cells[column] for cells in whole if _plain(cells[column]) not in wanted}
        if wanted and others:
            raise _no_use(what, f"rows of {', '.join(sorted(others)[:5])} where {party} was asked")
    return len(rows)
