"""UN Comtrade, asked through its official client with the analyst's own key.

What an analyst must know
-------------------------
- A key is free (see `KEY_MISSING`): about 500 calls a day, at most 100,000 rows and 12 periods a
  call, a few seconds between calls. What came is kept, so a run that stops goes on where it
  stopped.
- UN Comtrade's data are for your own use; they must not be passed on, neither the files nor
  tables of rows, without written permission of the UN Statistics Division. Sums and shares of
  your own, with the source named, are another matter; check the current policy on
  https://uncomtrade.org/docs/ first.
- Rows come in the revision of the Harmonised System in which the country reported; it changes
  within a series. Nothing is converted here.
- Exports are by last known destination and f.o.b., imports by origin and c.i.f.: the two sides
  of one flow differ. Russia has reported nothing since January 2022; ask its partners instead.
- The service does not complain of codes that it does not know: it answers with no rows. An
  empty answer is kept and told, but it proves nothing; the newest year is often just late.
- The service breaks rows down by second partner, mode of transport and customs procedure unless
  told otherwise, about nine rows for one. The totals of all three are asked for, and an answer
  with any other row, or with one row twice, is refused.
"""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import date
from io import StringIO
from os import environ
from pathlib import Path
from urllib.parse import quote, quote_plus

import comtradeapicall
import pandas as pd
from urllib3.exceptions import HTTPError

from helpers.fetch.cache import fingerprint
from helpers.files import write_whole
from helpers.importers.codes import known

VARIABLE = "COMTRADE_API_KEY"
KEY_MISSING = f"""\
UN Comtrade needs a key of your own, and the environment variable {VARIABLE} holds none.
  1. Sign in at https://comtradedeveloper.un.org/ (an account is free), choose Products, the free
     product `comtrade - v1`, and subscribe; your profile then shows a primary key. With pictures:
     https://uncomtrade.org/docs/api-subscription-keys/
  2. Set it for this session:  export {VARIABLE}=...
     in PowerShell:            $env:{VARIABLE} = "..."
Keep it out of notebooks, scripts and repositories. Or download CSV files by hand from
https://comtradeplus.un.org/ and run: nolimits data import comtrade FILE...
"""
# Totals of what the service would otherwise break down.
TOTALS = {"partner2Code": "0", "motCode": "0", "customsCode": "C00"}
KEY_COLUMNS = ["reporterCode", "partnerCode", "flowCode", "cmdCode", "period", "classificationCode"]
FLOWS = {"X": "exports", "M": "imports", "RX": "re-exports", "RM": "re-imports"}
PERIODS = {"A": (r"(19|20)\d{2}", "years such as 2023"),
           "M": (r"(19|20)\d{2}(0[1-9]|1[0-2])", "months such as 202301")}  # fmt: skip
# Codes that stand for a whole level of the Harmonised System, with rows to reckon with.
LEVELS = {"TOTAL": 1, "AG2": 100, "AG4": 1300, "AG6": 6000}

MOST_ROWS = 100_000
MOST_PERIODS = 12
# The service takes addresses of up to 4,096 characters; a code takes up to nine of them.
MOST_CODES = 300
TRIES = 4
LONGEST_WAIT = 120
# What the client lets through when the answer is not what it expects.
TROUBLE = (ValueError, LookupError, TypeError, AttributeError, RuntimeError, OSError, HTTPError)


def key_from_environment() -> str:
    """Give the analyst's key.

    Raises
    ------
    ValueError
        If there is none: how to get one and where to put it.
    """
    key = environ.get(VARIABLE, "").strip()
    if not key:
        raise ValueError(KEY_MISSING)
    return key


def fetch(
    folder: Path,
    reporter: str,
    partner: str,
    flow: str,
    codes: list[str],
    periods: list[str],
    frequency: str,
    key: str,
    ask: Callable[..., pd.DataFrame | None] = comtradeapicall.getFinalData,
    say: Callable[[str], None] = print,
    pause: float = 3,
    fresh: bool = False,
    countries: dict[str, str] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Path]:
    """Save what one country reports of its trade with another, call by call.

    Parameters
    ----------
    folder
        The data folder; files go to its `downloads/comtrade`.
    reporter, partner
        Codes of countries; as partner also WLD, the whole world.
    flow
        X exports, M imports, RX re-exports, RM re-imports.
    codes
        Codes of the Harmonised System with 2, 4 or 6 digits, TOTAL, or AG2, AG4, AG6 for all of
        a level.
    periods
        Years, or months such as 202301.
    frequency
        A by year, M by month.
    key
        The analyst's key; it is written and shown nowhere.
    ask
        The official client.
    say
        Is told what goes on.
    pause
        Seconds between two calls.
    fresh
        Ask again what was answered before, empty answers too.
    countries
        Countries by UN number; by default the table country_codes.
    sleep
        How to wait.

    Returns
    -------
    list of pathlib.Path
        The CSV files that have rows, ready for the importer.

    Raises
    ------
    ValueError
        If an argument is wrong, the service refuses or is down, or its rows are not those that
        were asked for. What was saved before stays and is not asked again.
    """
    key = key.strip()
    if not key:
        raise ValueError(KEY_MISSING)
    _check(flow, codes, periods, frequency)
    sides = _numbers(reporter, partner, countries)
    calls = _calls(sides, flow, codes, periods, frequency)
    downloads = folder / "downloads" / "comtrade"
    say("UN Comtrade's data are for your own use and must not be passed on.")
    found, asked_before = [], False
    for number, call in enumerate(calls, start=1):
        what = f"call {number} of {len(calls)}: {_in_words(reporter, partner, call)}"
        path = downloads / f"{fingerprint(call, 16)}.csv"
        rows = None if fresh else _kept(path, what, say)
        if rows is None:
            if asked_before:
                sleep(pause)
            asked_before = True
            try:
                rows = _save(path, call, _answer(ask, key, call, say, sleep), what, say)
            except ValueError as error:
                raise ValueError(_stopped(what, error, number - 1, downloads)) from None
        found += [path] if rows else []
    return found


def _check(flow: str, codes: list[str], periods: list[str], frequency: str) -> None:
    """Refuse what the service would answer with silence."""
    wrong = []
    if flow not in FLOWS:
        wrong.append(f"flow {flow!r}: there are {', '.join(FLOWS)}")
    if frequency not in PERIODS:
        wrong.append(f"frequency {frequency!r}: there are {', '.join(PERIODS)}")
    else:
        pattern, kind = PERIODS[frequency]
        bad = [period for period in periods if not re.fullmatch(pattern, period)]
        wrong += [f"periods {', '.join(map(repr, bad))}: with {frequency} only {kind}"] * bool(bad)
    bad = [c for c in codes if c not in LEVELS and not re.fullmatch(r"\d{2}(\d{2}(\d{2})?)?", c)]
    allowed = f"only 2, 4 or 6 digits, {', '.join(LEVELS)}"
    wrong += [f"codes {', '.join(map(repr, bad))}: {allowed}"] * bool(bad)
    wrong += ["no periods"] * (not periods) + ["no codes"] * (not codes)
    if wrong:
        raise ValueError("UN Comtrade cannot be asked for this:\n  " + "\n  ".join(wrong))


def _numbers(
    reporter: str, partner: str, countries: dict[str, str] | None
) -> tuple[list[str], list[str]]:
    """Look up the numbers that UN Comtrade has used for each country, such as 840 and 842."""
    countries = countries or known("m49")
    sides = []
    for side, iso3 in (("reporter", reporter), ("partner", partner)):
        numbers = sorted({int(number) for number, country in countries.items() if country == iso3})
        if not numbers or (side == "reporter" and iso3 == "WLD"):
            raise ValueError(f"{side} {iso3!r}: no country that UN Comtrade has a number for")
        sides.append([str(number) for number in numbers])
    return sides[0], sides[1]


def _calls(
    sides: tuple[list[str], list[str]],
    flow: str,
    codes: list[str],
    periods: list[str],
    frequency: str,
) -> list[dict]:
    """Cut a request into calls that stay below the limits of the service.

    Examples
    --------
    >>> months = [f"2023{month:02}" for month in range(1, 13)] + ["202401"]
    >>> calls = _calls((["156"], ["643"]), "X", ["8542", "8541"], months, "M")
    >>> [(call["cmdCode"], call["period"][-6:]) for call in calls]
    [('8541,8542', '202312'), ('8541,8542', '202401')]
    """
    dates = sorted(set(periods))
    spans = [dates[n : n + MOST_PERIODS] for n in range(0, len(dates), MOST_PERIODS)]
    return [
        {
            "typeCode": "C",
            "freqCode": frequency,
            "clCode": "HS",
            "period": ",".join(span),
            "reporterCode": ",".join(sides[0]),
            "cmdCode": ",".join(part),
            "flowCode": flow,
            "partnerCode": ",".join(sides[1]),
            **TOTALS,
            "maxRecords": MOST_ROWS,
            "format_output": "JSON",
            # The service would add rows up, twofold ones too, before anybody could see them.
            "aggregateBy": None,
            "includeDesc": True,
        }
        for span in spans
        for part in _parts(sorted(set(codes)), MOST_ROWS // len(span))
    ]


def _parts(codes: list[str], room: int) -> Iterator[list[str]]:
    """Cut codes into parts whose rows have room in one answer."""
    part, rows = [], 0
    for code in codes:
        more = LEVELS.get(code, 1)
        if part and (len(part) == MOST_CODES or rows + more >= room):
            yield part
            part, rows = [], 0
        part, rows = [*part, code], rows + more
    yield part


def _in_words(reporter: str, partner: str, call: dict) -> str:
    span, codes = call["period"].split(","), call["cmdCode"].split(",")
    goods = codes[0] if len(codes) == 1 else f"{len(codes)} codes from {codes[0]} to {codes[-1]}"
    dates = span[0] if len(span) == 1 else f"{span[0]} to {span[-1]}"
    return f"{FLOWS[call['flowCode']]} of {reporter}, partner {partner}, {goods}, {dates}"


def _note(path: Path) -> Path:
    """Name the file that tells what was asked, apart from the files for the importer."""
    return path.parent / "asked" / f"{path.stem}.json"


def _kept(path: Path, what: str, say: Callable[[str], None]) -> int | None:
    """Tell how many rows an earlier run saved for a call; None if it has to be made."""
    try:
        note = json.loads(_note(path).read_text(encoding="utf-8"))
        rows, day = int(note["rows"]), str(note["day"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
    if rows and not path.is_file():
        return None
    say(f"{what}: {f'{rows} rows' if rows else 'empty'}, asked on {day} (fresh asks again)")
    return rows


def _save(
    path: Path, call: dict, frame: pd.DataFrame, what: str, say: Callable[[str], None]
) -> int:
    """Write the rows of a call, and beside them what was asked, so that it is not asked again."""
    if frame.empty:
        say(
            f"{what}: EMPTY. Either nothing was reported (yet), or a code, country or period is "
            "not one that UN Comtrade knows; it does not say which."
        )
        if path.is_file():
            say(f"Rows came before for the same call; they stay in {path.name}.")
            return 0
    else:
        _inspect(frame, call)
        write_whole(path, frame.to_csv(index=False, lineterminator="\n").encode())
        say(f"{what}: {len(frame)} rows")
    note = {"asked": call, "rows": len(frame), "day": date.today().isoformat()}
    write_whole(_note(path), json.dumps(note, indent=1).encode() + b"\n")
    return len(frame)


def _inspect(frame: pd.DataFrame, call: dict) -> None:
    """Refuse an answer that is cut off, holds other rows than asked for, or one row twice."""
    missing = [column for column in [*KEY_COLUMNS, *TOTALS] if column not in frame]
    if missing:
        raise ValueError(f"the answer lacks the columns {', '.join(missing)}")
    if len(frame) >= call["maxRecords"]:
        raise ValueError(f"{len(frame)} rows are as many as one answer holds: some may be lacking")
    text = frame[[*KEY_COLUMNS, *TOTALS]].astype("string").fillna("")
    wrong = pd.Series(False, index=text.index)
    for column in text.columns.drop("classificationCode"):
        asked = set(call[column].split(","))
        if column != "cmdCode" or not asked & {"AG2", "AG4", "AG6"}:
            wrong |= ~text[column].isin(asked)
    if wrong.any():
        raise ValueError(f"rows that were not asked for:\n{_listed(text[wrong])}")
    # Not by number of the countries: some have two (840 and 842), and both would count.
    twice = text.duplicated(["flowCode", "cmdCode", "period", "classificationCode"], keep=False)
    if twice.any():
        raise ValueError(
            f"rows that come more than once, which would count double:\n{_listed(text[twice])}"
        )


def _listed(rows: pd.DataFrame, most: int = 20) -> str:
    """List rows for a complaint, the first ones in full."""
    lines = [
        f"  row {index + 1}: " + ", ".join(f"{name} {cell}" for name, cell in row.items())
        for index, row in rows.head(most).iterrows()
    ]
    rest = len(rows) - most
    return "\n".join([*lines, *([f"  ... and {rest} more"] if rest > 0 else [])])


def _answer(
    ask: Callable[..., pd.DataFrame | None],
    key: str,
    call: dict,
    say: Callable[[str], None],
    sleep: Callable[[float], None],
) -> pd.DataFrame:
    """Make one call, again after a pause if that can help.

    Raises
    ------
    ValueError
        With what the service said, never with the key.
    """
    for attempt in range(TRIES):
        frame, said = _ask_once(ask, key, call)
        if frame is not None:
            return frame
        wait = _wait(said, attempt)
        if wait is None or attempt == TRIES - 1:
            break
        say(f"UN Comtrade: {said}\nTrying again in {wait} seconds ...")
        sleep(wait)
    raise ValueError(said)


def _ask_once(
    ask: Callable[..., pd.DataFrame | None], key: str, call: dict
) -> tuple[pd.DataFrame | None, str]:
    """Make one call; where no rows come, give what the client printed or raised instead.

    The client reports errors by printing them and returning None, and some of what it and
    urllib3 print or log is the address of the request, in which the key stands.
    """
    printed, frame = StringIO(), None
    with _hushed(key), redirect_stdout(printed):
        try:
            frame = ask(key, **call)
        except TROUBLE as error:
            print(f"{type(error).__name__}: {error}")  # noqa: T201
    said = " ".join(printed.getvalue().split()) or "no answer and no reason"
    for form in (key, quote(key, safe=""), quote_plus(key)):
        said = said.replace(form, "(your key)")
    return frame, said[:500]


@contextmanager
def _hushed(key: str) -> Iterator[None]:
    """Keep urllib3 from logging addresses that hold the key."""
    forms = {key, quote(key, safe=""), quote_plus(key)}

    def harmless(record: logging.LogRecord) -> bool:
        return not any(form in record.getMessage() for form in forms)

    loggers = [
        logging.getLogger(f"urllib3.{name}")
        for name in ("connectionpool", "poolmanager", "util.retry")
    ]
    for logger in loggers:
        logger.addFilter(harmless)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(harmless)


def _wait(said: str, attempt: int) -> int | None:
    """Tell how long to wait before the next try; None if trying again is of no use.

    Examples
    --------
    >>> _wait('"statusCode": 429, "message": "Rate limit is exceeded. Try again in 2 seconds."', 0)
    3
    >>> _wait("Out of call volume quota. Quota will be replenished in 03:14:17.", 0) is None
    True
    """
    named = re.search(r"again in (\d+) second", said)
    clock = re.search(r"replenished in (?:(\d+)\.)?(\d+):(\d+):(\d+)", said)
    if re.search(r"subscription key|access denied|statusCode\W+40[014]", said, re.IGNORECASE):
        return None
    if named:
        seconds = int(named[1])
    elif clock:
        days, hours, minutes, rest = (int(part or 0) for part in clock.groups())
        seconds = ((days * 24 + hours) * 60 + minutes) * 60 + rest
    elif "quota" in said.lower():
        return None
    else:
        return 10 * 2**attempt
    return seconds + 1 if seconds <= LONGEST_WAIT else None


def _stopped(what: str, error: ValueError, done: int, downloads: Path) -> str:
    """Say where a run stopped, why, and how to go on."""
    lowered = str(error).lower()
    if "subscription key" in lowered or "access denied" in lowered:
        hint = f"The key in {VARIABLE} is not accepted: check it at comtradedeveloper.un.org."
    elif "quota" in lowered:
        hint = "The calls of the day are used up: go on once there are new ones."
    else:
        hint = "Files downloaded by hand from https://comtradeplus.un.org/ can be imported too."
    return (
        f"UN Comtrade, {what}: {error}\n{hint}\nNothing of this call was saved. Calls done before "
        f"it: {done}, kept in {downloads}; the same command goes on from there."
    )
