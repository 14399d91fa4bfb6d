"""SIPRI's backend, replayed by a server on this machine: well-formed answers and every fault."""

import base64
import json
import os
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

import helpers
from helpers import files
from helpers.fetch import sipri

NOTES = """\
Transfers of major conventional arms from Russia  to India . Deals with deliveries made for the \
year range '1990' to '2025'
A '?' in a column indicates uncertain data.
An empty field for 'Number ordered' indicates that data is not yet available.
SIPRI trend-indicator values (TIVs) are in millions.
An empty field for 'SIPRI TIV for total order' indicates that data is not available.
A '0' for 'SIPRI TIV of delivered weapons' indicates between 0 and 0.5 million SIPRI TIV.
Figures may not add up to stated totals due to the conventions of rounding.
For the method used for the SIPRI TIV see <https://www.sipri.org/>.

Source: SIPRI Arms Transfers Database (c) SIPRI.
Data generated: 28 Sep 2026 5:22:49 PM
"""
DEAL_HEADER = (
    "Recipient,Supplier,Year of order, ,Number ordered, ,Weapon designation,Weapon description,"
    "Number delivered, ,Year(s) of delivery,status,Comments,SIPRI TIV per unit,"
    "SIPRI TIV for total order,SIPRI TIV of delivered weapons\n"
)
DELIVERY_HEADER = (
    "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,Order date,"
    "Order date is estimate,Numbers delivered,Numbers delivered is estimate,Delivery year,"
    "Delivery year is estimate,Status,SIPRI estimate,TIV deal unit,TIV delivery values,"
    "Local production\n"
)
# The second deal is broken in two by a newline in its comment, as in the real files.
DEALS = (
    "India,Russia,1996,,40,?,Falcon-30,fighter aircraft,40,?,1997; 1999,New,Notes; \xe5,5,200,200\n"
    "India,Russia,2004,?,2,,Heron class,frigate,2,,2009,New,Made-up\nsecond line,100,200,200\n"
)
DELIVERIES = (
    "90001,Russia,India,Falcon-30,fighter aircraft,Aircraft,1996,No,8,No,1997,No,New,5,5,40,No\n"
    "90001,Russia,India,Falcon-30,fighter aircraft,Aircraft,1996,No,32,Yes,1999,No,New,5,5,160,No\n"
)
BY_DEAL = (NOTES + DEAL_HEADER + DEALS).encode("cp1252")
BY_DELIVERY = (NOTES + DELIVERY_HEADER + DELIVERIES).encode()
ENTITIES = [
    {"EntityId": 1050481, "Name": "Russia"},
    {"EntityId": 1050473, "Name": "India"},
    {"EntityId": 1, "Name": "India", "deleted": True},
    {"EntityId": 7, "Name": "African Union**"},
]
COUNTRIES = {"Russia": "RUS", "India": "IND", "Bharat": "IND"}


def packed(content):
    return json.dumps({"bytes": base64.b64encode(content).decode()}).encode()


class Replay:
    """A backend that gives queued answers first, then well-formed ones; it records requests."""

    def __init__(self):
        self.requests, self.queue, self.release = [], [], threading.Event()
        replay = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(b"")

            def do_POST(self):
                self.answer(self.rfile.read(int(self.headers["Content-Length"])))

            def answer(self, body):
                asked = json.loads(body) if body else None
                replay.requests.append((self.command, self.path, asked, dict(self.headers)))
                status, content, headers = (
                    replay.queue.pop(0) if replay.queue else (200, replay.usual(asked), {})
                )
                if status == "silence":
                    replay.release.wait(10)
                    return
                self.send_response(status)
                for name, text in headers.items():
                    self.send_header(name, text)
                length = headers.get("Content-Length", str(len(content)))
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", length)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        self.base = f"http://127.0.0.1:{self.server.server_port}/api/p"

    @staticmethod
    def usual(asked):
        if asked is None:
            return json.dumps(ENTITIES).encode()
        fields = [part["field"] for part in asked["filters"]]
        return packed(BY_DELIVERY if "exportOption" in fields else BY_DEAL)

    def posts(self):
        return [asked for command, _, asked, _ in self.requests if command == "POST"]

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def waits(monkeypatch):
    """Record the waits of urllib3 between retries instead of waiting."""
    waited = []
    clock = SimpleNamespace(sleep=waited.append, time=time.time)
    monkeypatch.setattr("urllib3.util.retry.time", clock)
    return waited


@pytest.fixture
def replay(waits, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    backend = Replay()
    yield backend
    backend.close()


@pytest.fixture
def folder(tmp_path):
    sipri.accept_terms(tmp_path)
    return tmp_path


class Fetch:
    def __init__(self, replay, folder):
        self.replay, self.folder, self.said, self.slept = replay, folder, [], []

    def __call__(self, **said):
        usual = {
            "supplier": "Russia", "recipient": "India", "first_year": 1990, "last_year": 2025,
            "base": self.replay.base, "say": self.said.append, "sleep": self.slept.append,
            "countries": COUNTRIES,
        }  # fmt: skip
        return sipri.fetch(self.folder, **usual | said)

    def files(self):
        """Names of what is in downloads, hidden files too, apart from the accepted terms."""
        found = {path.name for path in (self.folder / "downloads").rglob("*")}
        return found - {"sipri_terms_accepted.txt"}


@pytest.fixture
def fetch(replay, folder):
    return Fetch(replay, folder)


def test_files_are_saved_as_they_came(fetch, replay):
    deals, deliveries = fetch()
    assert deals.read_bytes() == BY_DEAL
    assert deliveries.read_bytes() == BY_DELIVERY
    assert deals.parent == fetch.folder / "downloads"
    day = sipri._today()
    assert deals.name.startswith(f"sipri_by_deal_russia_india_1990-2025_{day}_")
    assert deliveries.name.startswith(f"sipri_by_delivery_russia_india_1990-2025_{day}_")
    assert fetch.files() == {deals.name, deliveries.name, "sipri_entities.json"}


def test_requests_have_the_shape_of_the_web_application(fetch, replay):
    fetch()
    assert [(command, path) for command, path, _, _ in replay.requests] == [
        ("GET", "/api/p/countries/getAllCountriesTrimmed"),
        ("POST", "/api/p/trades/trade-register-csv/"),
        ("POST", "/api/p/trades/trade-register-csv/"),
    ]
    by_deal, by_delivery = replay.posts()

    def part(field, condition="", value1="", value2="", ids=()):
        return {"field": field, "oldField": "", "condition": condition,
                "value1": value1, "value2": value2, "listData": list(ids)}  # fmt: skip

    filters = [
        part("Supplier", "contains", ids=[1050481]),
        part("Recipient", "contains", ids=[1050473]),
        part("Delivery year", "contains", 1990, 2025),
        part("Order year", "contains", 0, 2025),
        part("opendeals"),
    ]
    assert by_deal == {"filters": filters, "logic": "AND"}
    assert by_delivery == {"filters": [*filters, part("exportOption")], "logic": "AND"}
    agents = {headers["User-Agent"] for *_, headers in replay.requests}
    assert agents == {f"no-limits/{helpers.__version__}"}


def test_no_terms_no_call(replay, tmp_path):
    with pytest.raises(ValueError, match="check the current terms"):
        Fetch(replay, tmp_path)()
    assert replay.requests == []
    assert not sipri.terms_accepted(tmp_path)
    sipri.accept_terms(tmp_path)
    assert sipri.terms_accepted(tmp_path)


def test_changed_terms_are_asked_anew(folder, monkeypatch):
    monkeypatch.setattr(sipri, "TERMS", sipri.TERMS + "One more rule.\n")
    assert not sipri.terms_accepted(folder)


def test_the_same_request_is_not_made_twice_a_day(fetch, replay, monkeypatch):
    first = fetch()
    made = len(replay.requests)
    assert fetch() == first
    assert len(replay.requests) == made
    assert fetch(last_year=2024)[0] != first[0]
    assert len(replay.requests) == made + 2  # the list of countries is kept
    assert fetch(fresh=True) == first
    assert len(replay.requests) == made + 5
    monkeypatch.setattr(sipri, "_today", lambda: "2031-01-01")
    assert set(fetch()).isdisjoint(first)


def test_it_pauses_between_requests_only(fetch):
    fetch(pause=7)
    assert fetch.slept == [7, 7]
    fetch(pause=7)
    assert fetch.slept == [7, 7]


def test_countries_by_code_and_by_loose_name(fetch, replay):
    fetch(supplier="RUS", recipient="IND", forms=("by_deal",))
    fetch(supplier="russia ", recipient="INDIA", forms=("by_deal",))
    assert len(replay.posts()) == 1  # the same body, so the second comes from the folder


def test_an_unknown_country_is_told_with_names_alike(fetch, replay):
    with pytest.raises(ValueError, match="'Rusia' is not in SIPRI's list.*Russia"):
        fetch(supplier="Rusia")
    assert replay.posts() == []


def test_a_spoilt_list_of_countries_is_asked_again(fetch, replay):
    kept = fetch.folder / "downloads" / "sipri_entities.json"
    kept.write_text('[{"EntityId": ')
    assert len(fetch()) == 2
    assert {entity["Name"] for entity in json.loads(kept.read_text())} == {
        "Russia", "India", "African Union**"
    }  # fmt: skip


def test_all_countries_need_no_list_and_warn(fetch, replay):
    (path,) = fetch(supplier="", recipient="", forms=("by_deal",))
    assert "all-countries_all-countries" in path.name
    assert any("less than a tenth" in line for line in fetch.said)
    assert [part["field"] for part in replay.posts()[0]["filters"]][0] == "Delivery year"


def test_errors_of_the_server_are_tried_again(fetch, replay, waits):
    error = (500, b"oops", {})
    replay.queue = [(200, json.dumps(ENTITIES).encode(), {}), error, error]
    (path,) = fetch(forms=("by_deal",))
    assert path.read_bytes() == BY_DEAL
    assert len(replay.requests) == 4
    assert waits == [2 * sipri.BACKOFF]  # urllib3 waits from the second failure on


def test_retry_after_is_honoured(fetch, replay, waits):
    replay.queue = [(429, b"", {"Retry-After": "41"})]
    assert len(fetch()) == 2
    assert waits == [41]


def test_retry_after_of_hours_ends_the_run(fetch, replay, waits):
    replay.queue = [(503, b"", {"Retry-After": "7200"})]
    with pytest.raises(ValueError, match="7200 seconds"):
        fetch()
    assert (waits, len(replay.requests)) == ([], 1)


def test_a_server_that_stays_down_is_given_up(fetch, replay, waits):
    replay.queue = [(502, b"Bad gateway", {})] * (sipri.RETRIES + 1)
    with pytest.raises(ValueError, match="status 502.*Bad gateway"):
        fetch()
    assert len(replay.requests) == sipri.RETRIES + 1
    assert fetch.files() == set()


def test_a_timeout_is_tried_again_and_then_told(fetch, replay, waits, monkeypatch):
    monkeypatch.setattr(sipri, "TIMEOUT", (1, 0.05))
    monkeypatch.setattr(sipri, "RETRIES", 1)
    replay.queue = [("silence", b"", {})] * 2
    with pytest.raises(ValueError, match="no answer.*timed out"):
        fetch()
    assert len(replay.requests) == 2


def test_connection_refused(fetch, waits, caplog):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}/api/p"
        with pytest.raises(ValueError, match=r"(?s)no answer.*download the file by hand"):
            fetch(base=base)
    assert len(waits) == sipri.RETRIES - 1
    assert fetch.files() == set()


BROKEN = {
    "a web page": (200, b"<!DOCTYPE html><html><body>Maintenance</body></html>", "a web page"),
    "not JSON": (200, b"Service is down", "not whole JSON"),
    "nothing": (200, b"", "not whole JSON"),
    "half of the JSON": (200, packed(BY_DEAL)[:300], "not whole JSON"),
    "too deep": (200, b"[" * 100_000, "not whole JSON"),
    "a list": (200, b"[1, 2]", "without 'bytes'"),
    "no bytes": (200, b'{"error": "unknown filter"}', "without 'bytes'.*unknown filter"),
    "bytes of no text": (200, b'{"bytes": 12}', "without 'bytes'"),
    "cut base64": (200, b'{"bytes": "QUJDR"}', "broken base64"),
    "no base64": (200, '{"bytes": "Räuber!"}'.encode(), "broken base64"),
    "a stray sign in base64": (200, packed(BY_DEAL).replace(b"V", b"*V", 1), "broken base64"),
    "empty": (200, b'{"bytes": ""}', "an empty file"),
    "no table": (200, packed(b"Something else\n"), "no table by_deal; it begins 'Something else'"),
    "the other form": (200, packed(BY_DELIVERY), "no table by_deal"),
    "half a table": (200, packed(BY_DEAL[:-20]), "breaks off"),
    "other countries": (
        200,
        packed(BY_DEAL + BY_DEAL.splitlines(keepends=True)[-3].replace(b"India", b"Peru")),
        "rows of Peru where India was asked",
    ),
    "moved": (301, b"", "status 301"),
    "no such address": (404, b"no handler", "status 404.*no handler"),
    "refused": (403, b"forbidden", "status 403"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_other_answers_are_told_and_leave_nothing(fetch, replay, fault):
    status, content, told = BROKEN[fault]
    headers = {"Location": "https://example.org/"} if status == 301 else {}
    replay.queue = [(200, json.dumps(ENTITIES).encode(), {}), (status, content, headers)]
    with pytest.raises(ValueError, match=f"(?s){told}") as error:
        fetch()
    text = str(error.value)
    assert "the register by_deal from Russia to India, 1990-2025" in text
    assert "https://armstransfers.sipri.org/" in text
    assert "nolimits data import sipri FILE" in text
    assert fetch.files() == {"sipri_entities.json"}


def test_an_answer_shorter_than_announced(fetch, replay):
    whole = packed(BY_DEAL)
    short = (200, whole[:200], {"Content-Length": str(len(whole)), "Connection": "close"})
    replay.queue = [(200, json.dumps(ENTITIES).encode(), {}), short]
    with pytest.raises(ValueError, match="no answer|not whole JSON"):
        fetch()
    assert fetch.files() == {"sipri_entities.json"}


@pytest.mark.parametrize("content", [b"{}", b"[]", b'[{"id": 1}]', b'["Russia"]', b"null"])
def test_another_list_of_countries_is_told(fetch, replay, content):
    replay.queue = [(200, content, {})]
    with pytest.raises(ValueError, match=r"(?s)its countries.*no list with EntityId"):
        fetch()
    assert fetch.files() == set()


def test_no_rows_are_told_and_not_saved(fetch, replay):
    none = packed((NOTES + DEAL_HEADER).encode())
    replay.queue = [(200, json.dumps(ENTITIES).encode(), {}), (200, none, {})]
    (path,) = fetch()  # the other form has rows
    assert "by_delivery" in path.name
    assert any("no rows" in line for line in fetch.said)
    replay.queue = [(200, none, {})]
    with pytest.raises(ValueError, match="no transfers from Russia to India"):
        fetch(forms=("by_deal",))


def test_a_failure_leaves_the_files_of_before(fetch, replay):
    deals, deliveries = fetch()
    before = {path: path.read_bytes() for path in (deals, deliveries)}
    replay.queue = [(200, json.dumps(ENTITIES).encode(), {}), (200, b"<html>", {})]
    with pytest.raises(ValueError, match="a web page"):
        fetch(fresh=True)
    assert {path: path.read_bytes() for path in before} == before


def test_a_full_disk_leaves_no_half_file(fetch, replay, monkeypatch):
    settle = files.settle

    def half(path):
        if path.is_file() and b"Transfers of major" in path.read_bytes():
            os.truncate(path, 40)
            raise OSError("No space left on device")
        settle(path)

    monkeypatch.setattr(files, "settle", half)
    with pytest.raises(OSError, match="No space left"):
        fetch()
    assert fetch.files() == {"sipri_entities.json"}


@pytest.mark.parametrize(
    "base",
    [
        "http://atbackend.sipri.org/api/p",
        "http://127.0.0.1@example.org/",
        "http://127.0.0.1.example.org/",
        "ftp://127.0.0.1/",
        "atbackend.sipri.org",
        "https://",
        "",
    ],
)
def test_addresses_must_be_https(fetch, replay, base):
    with pytest.raises(ValueError, match="must begin with https"):
        fetch(base=base)
    assert replay.requests == []


@pytest.mark.parametrize(
    "wrong", [{"first_year": 1949}, {"first_year": 2026}, {"last_year": 2101}, {"forms": ()},
              {"forms": ("by_week",)}]
)  # fmt: skip
def test_wrong_arguments_make_no_call(fetch, replay, wrong):
    with pytest.raises(ValueError, match="years run|there are by_deal"):
        fetch(**wrong)
    assert replay.requests == []
