"""UN Comtrade: calls, resuming and refusals with made-up answers, and the true client replayed."""

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote_plus, urlsplit

import comtradeapicall
import pandas as pd
import pytest
import urllib3

from helpers.fetch import comtrade

KEY = "s3cret+key/of==mine"
COUNTRIES = {"156": "CHN", "643": "RUS", "840": "USA", "842": "USA", "0": "WLD", "004": "AFG"}
QUOTA = '{"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in '
RATE = '{"statusCode": 429, "message": "Rate limit is exceeded. Try again in 2 seconds."}'
BAD_KEY = (
    '{"statusCode": 401, "message": "Access denied due to invalid subscription key. Make sure to '
    'provide a valid key for an active subscription."}'
)


def row(period="202301", code="8542", **said):
    """One row in the columns of version 1 of the service."""
    usual = {
        "typeCode": "C", "freqCode": "M", "refPeriodId": 20230101, "refYear": 2023, "refMonth": 1,
        "period": period, "reporterCode": 156, "reporterISO": "CHN", "reporterDesc": "China",
        "flowCode": "X", "flowDesc": "Export", "partnerCode": 643, "partnerISO": "RUS",
        "partnerDesc": "Russian Federation", "partner2Code": 0, "partner2ISO": "W00",
        "partner2Desc": "World", "classificationCode": "H6", "classificationSearchCode": "HS",
        "isOriginalClassification": True, "cmdCode": code, "cmdDesc": "Circuits, \"integrated\"",
        "aggrLevel": 4, "isLeaf": False, "customsCode": "C00", "customsDesc": "TOTAL CPC",
        "mosCode": "0", "motCode": 0, "motDesc": "TOTAL MOT", "qtyUnitCode": -1,
        "qtyUnitAbbr": "N/A", "qty": None, "isQtyEstimated": False, "altQtyUnitCode": -1,
        "altQtyUnitAbbr": "N/A", "altQty": None, "isAltQtyEstimated": False, "netWgt": 12.5,
        "isNetWgtEstimated": False, "grossWgt": None, "isGrossWgtEstimated": False,
        "cifvalue": None, "fobvalue": 1000.25, "primaryValue": 1000.25,
        "legacyEstimationFlag": 0, "isReported": True, "isAggregate": False,
    }  # fmt: skip
    return usual | said


def rows_for(call):
    """A row for each code and period that a call asks for."""
    return pd.DataFrame(
        [row(period, code) for period in call["period"].split(",")
         for code in call["cmdCode"].split(",")]
    )  # fmt: skip


class Service:
    """Stands for the official client: queued answers first (text is printed), then rows."""

    def __init__(self):
        self.calls, self.keys, self.queue = [], [], []

    def __call__(self, key, **call):
        self.keys.append(key)
        self.calls.append(call)
        answer = self.queue.pop(0) if self.queue else rows_for(call)
        if isinstance(answer, str):
            print(answer)  # noqa: T201
            return None
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Fetch:
    def __init__(self, folder):
        self.folder, self.service, self.said, self.slept = folder, Service(), [], []

    def __call__(self, **said):
        usual = {
            "reporter": "CHN", "partner": "RUS", "flow": "X", "codes": ["8542"],
            "periods": ["202301"], "frequency": "M", "key": KEY, "ask": self.service,
            "say": self.said.append, "sleep": self.slept.append, "countries": COUNTRIES,
        }  # fmt: skip
        return comtrade.fetch(self.folder, **usual | said)

    def files(self):
        return sorted(p.name for p in self.folder.rglob("*") if p.is_file())

    def everything(self):
        """All that an analyst or a file could come to see."""
        kept = [p.read_text() for p in self.folder.rglob("*") if p.is_file()]
        return "\n".join([*self.said, *kept, *self.files()])


@pytest.fixture
def fetch(tmp_path):
    return Fetch(tmp_path)


def months(first, last):
    return [f"{year}{month:02}" for year in range(first, last + 1) for month in range(1, 13)]


def test_the_totals_are_asked_for(fetch):
    fetch(codes=["8542", "8541", "8542"], periods=["202302", "202301"])
    (call,) = fetch.service.calls
    assert call == {
        "typeCode": "C", "freqCode": "M", "clCode": "HS", "period": "202301,202302",
        "reporterCode": "156", "cmdCode": "8541,8542", "flowCode": "X", "partnerCode": "643",
        "partner2Code": "0", "motCode": "0", "customsCode": "C00", "maxRecords": 100_000,
        "format_output": "JSON", "aggregateBy": None, "includeDesc": True,
    }  # fmt: skip
    assert fetch.service.keys == [KEY]


def test_rows_are_saved_as_they_come(fetch):
    (path,) = fetch(codes=["8541", "8542"])
    assert path.parent == fetch.folder / "downloads" / "comtrade"
    saved = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert list(saved.columns) == list(row())
    assert saved["cmdCode"].tolist() == ["8541", "8542"]
    assert saved["primaryValue"].tolist() == ["1000.25", "1000.25"]
    assert saved["cmdDesc"].tolist() == ['Circuits, "integrated"'] * 2
    assert saved["qty"].tolist() == ["", ""]
    assert fetch.files() == [f"{path.stem}.csv", f"{path.stem}.json"]
    assert [p for p in path.parent.iterdir() if p.is_file()] == [path]
    note = json.loads((path.parent / "asked" / f"{path.stem}.json").read_text())
    assert (note["rows"], note["asked"]["cmdCode"]) == (2, "8541,8542")


def test_periods_and_codes_come_in_parts(fetch):
    codes = [f"{n:06}" for n in range(700)]
    paths = fetch(codes=codes, periods=months(2022, 2023), pause=5)
    sizes = [(c["period"].count(",") + 1, c["cmdCode"].count(",") + 1) for c in fetch.service.calls]
    assert sizes == [(12, 300), (12, 300), (12, 100)] * 2
    pairs = [(p, c) for call in fetch.service.calls for p in call["period"].split(",")
             for c in call["cmdCode"].split(",")]  # fmt: skip
    assert len(pairs) == len(set(pairs)) == 24 * 700
    assert len(set(paths)) == 6
    assert fetch.slept == [5] * 5


def test_no_part_can_exceed_the_rows_of_an_answer(monkeypatch):
    monkeypatch.setattr(comtrade, "MOST_ROWS", 80_000)
    codes = ["AG6", "AG4", "AG2", "TOTAL", *(f"{n:06}" for n in range(700))]
    calls = comtrade._calls((["156"], ["643"]), "X", codes, months(2023, 2023), "M")
    parts = [call["cmdCode"].split(",") for call in calls]
    assert sorted(sum(parts, [])) == sorted(codes)
    for part in parts:
        assert sum(comtrade.LEVELS.get(code, 1) for code in part) * 12 < 80_000
        assert len(part) <= comtrade.MOST_CODES


def test_numbers_of_countries(fetch):
    fetch.service.queue = [pd.DataFrame([row(reporterCode=842, partnerCode=0)])]
    fetch(reporter="USA", partner="WLD")
    (call,) = fetch.service.calls
    assert (call["reporterCode"], call["partnerCode"]) == ("840,842", "0")
    assert comtrade._numbers("AFG", "RUS", COUNTRIES) == (["4"], ["643"])
    for wrong in ({"reporter": "XXX"}, {"partner": "XXX"}, {"reporter": "WLD"}):
        with pytest.raises(ValueError, match="no country that UN Comtrade"):
            fetch(**wrong)


def test_the_table_of_countries_knows_the_numbers_of_un_comtrade():
    reporter, partner = comtrade._numbers("USA", "IND", None)
    assert "842" in reporter
    assert "699" in partner


def test_a_second_run_asks_nothing(fetch):
    first = fetch(periods=months(2022, 2023))
    assert fetch(periods=months(2022, 2023)) == first
    assert len(fetch.service.calls) == 2
    assert fetch(periods=months(2022, 2023), fresh=True) == first
    assert len(fetch.service.calls) == 4
    first[0].unlink()
    assert fetch(periods=months(2022, 2023)) == first
    assert len(fetch.service.calls) == 5


def test_a_stopped_run_goes_on_where_it_stopped(fetch):
    fetch.service.queue = [pd.DataFrame([row("202101")]), QUOTA + '03:14:17."}']
    with pytest.raises(ValueError, match=r"(?s)call 2 of 3.*03:14:17.*used up.*before it: 1,"):
        fetch(periods=months(2021, 2023))
    assert len(fetch.files()) == 2
    assert fetch.slept == [3]  # the pause between calls; no waiting for hours
    assert len(fetch(periods=months(2021, 2023))) == 3
    assert [call["period"][:6] for call in fetch.service.calls] == [
        "202101", "202201", "202201", "202301"
    ]  # fmt: skip


def test_an_interrupted_run_keeps_what_it_has(fetch):
    fetch.service.queue = [pd.DataFrame([row("202201")]), KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        fetch(periods=months(2022, 2023))
    assert len(fetch.files()) == 2
    fetch(periods=months(2022, 2023))
    assert [call["period"][:4] for call in fetch.service.calls] == ["2022", "2023", "2023"]


def test_empty_answers_are_told_each_time_and_not_asked_again(fetch):
    fetch.service.queue = [pd.DataFrame()]
    assert fetch() == []
    assert "EMPTY" in fetch.said[-1]
    assert fetch() == []
    assert "empty, asked on" in fetch.said[-1]
    assert len(fetch.service.calls) == 1
    assert [name.rsplit(".", 1)[1] for name in fetch.files()] == ["json"]
    assert len(fetch(fresh=True)) == 1


def test_an_empty_answer_does_not_wipe_out_rows(fetch):
    (path,) = fetch()
    before = path.read_bytes()
    fetch.service.queue = [pd.DataFrame()]
    assert fetch(fresh=True) == []
    assert "they stay" in fetch.said[-1]
    assert fetch() == [path]
    assert path.read_bytes() == before


def test_a_row_that_comes_twice_is_refused(fetch):
    fetch.service.queue = [pd.DataFrame([row(), row(code="8541"), row(primaryValue=7.0)])]
    with pytest.raises(ValueError, match="more than once") as error:
        fetch(codes=["8541", "8542"])
    text = str(error.value)
    assert "row 1: reporterCode 156, partnerCode 643, flowCode X, cmdCode 8542" in text
    assert "row 3:" in text
    assert "row 2:" not in text
    assert fetch.files() == []


def test_a_country_under_two_numbers_counts_double(fetch):
    fetch.service.queue = [pd.DataFrame([row(reporterCode=840), row(reporterCode=842)])]
    with pytest.raises(ValueError, match="(?s)more than once.*840.*842"):
        fetch(reporter="USA")


def test_two_revisions_of_one_code_are_two_rows(fetch):
    fetch.service.queue = [pd.DataFrame([row(), row(classificationCode="H5")])]
    assert len(fetch()) == 1


@pytest.mark.parametrize(
    "stray",
    [{"partner2Code": 344}, {"motCode": 3100}, {"customsCode": "C04"}, {"reporterCode": 344},
     {"partnerCode": 0}, {"flowCode": "M"}, {"period": "202302"}, {"cmdCode": "8543"},
     {"period": None}],
)  # fmt: skip
def test_rows_that_were_not_asked_for_are_refused(fetch, stray):
    fetch.service.queue = [pd.DataFrame([row(), row() | stray])]
    with pytest.raises(ValueError, match="(?s)not asked for.*row 2:") as error:
        fetch()
    assert "row 1:" not in str(error.value)
    assert fetch.files() == []


def test_a_level_brings_codes_of_its_own(fetch):
    fetch.service.queue = [pd.DataFrame([row(code="854231"), row(code="854232")])]
    (path,) = fetch(codes=["AG6"])
    assert len(pd.read_csv(path)) == 2


def test_an_answer_that_may_be_cut_off_is_refused(fetch, monkeypatch):
    monkeypatch.setattr(comtrade, "MOST_ROWS", 2)
    fetch.service.queue = [pd.DataFrame([row(), row(code="8541")])]
    with pytest.raises(ValueError, match="some may be lacking"):
        fetch(codes=["AG4"])
    assert fetch.files() == []


def test_missing_columns_are_told(fetch):
    fetch.service.queue = [pd.DataFrame([row()]).drop(columns=["motCode", "period"])]
    with pytest.raises(ValueError, match="lacks the columns period, motCode"):
        fetch()


def test_rate_limit_is_waited_for(fetch):
    fetch.service.queue = [RATE, QUOTA + '00:01:30."}']
    assert len(fetch()) == 1
    assert fetch.slept == [3, 91]


def test_trouble_is_tried_again_and_then_told(fetch):
    fetch.service.queue = ["<html>504 Gateway Time-out</html>", KeyError("data"), "",
                           "Request error: no route"]  # fmt: skip
    with pytest.raises(ValueError, match="Request error: no route"):
        fetch()
    assert fetch.slept == [10, 20, 40]
    assert fetch.files() == []
    fetch.service.queue = ["<html>", json.JSONDecodeError("Expecting value", "", 0)]
    assert len(fetch()) == 1


def test_a_refused_key_is_not_tried_again(fetch):
    fetch.service.queue = [BAD_KEY]
    with pytest.raises(ValueError, match="COMTRADE_API_KEY is not accepted"):
        fetch()
    assert fetch.slept == []


@pytest.mark.parametrize("missing", ["", "  \n"])
def test_no_key_no_call(fetch, missing, monkeypatch):
    with pytest.raises(ValueError, match="comtradedeveloper.un.org"):
        fetch(key=missing)
    monkeypatch.setenv("COMTRADE_API_KEY", missing)
    with pytest.raises(ValueError, match="export COMTRADE_API_KEY"):
        comtrade.key_from_environment()
    monkeypatch.delenv("COMTRADE_API_KEY")
    with pytest.raises(ValueError, match="primary key"):
        comtrade.key_from_environment()
    monkeypatch.setenv("COMTRADE_API_KEY", f" {KEY}\n")
    assert comtrade.key_from_environment() == KEY
    assert fetch.service.calls == []


def test_wrong_arguments_are_all_told_before_any_call(fetch):
    with pytest.raises(ValueError) as error:
        fetch(flow="export", codes=["8542", "85423199", "chips"], periods=["2023", "202313"])
    text = str(error.value)
    assert all(word in text for word in ("'export'", "'85423199', 'chips'", "'2023', '202313'"))
    with pytest.raises(ValueError, match="only years"):
        fetch(frequency="A")
    with pytest.raises(ValueError, match="frequency 'Q'"):
        fetch(frequency="Q")
    with pytest.raises(ValueError, match="(?s)no periods.*no codes"):
        fetch(codes=[], periods=[])
    assert fetch.service.calls == []


def test_the_key_is_nowhere(fetch):
    fetch.service.queue = [f"bad subscription-key={KEY}", ValueError(f"url?key={KEY}"), QUOTA]
    with pytest.raises(ValueError) as error:
        fetch()
    fetch()
    shown = f"{error.value} {error.value.__cause__} {error.value.__context__} {fetch.everything()}"
    assert "(your key)" in shown
    assert KEY not in shown


class Replay:
    """The service's address on this machine; the true client is led to it."""

    def __init__(self):
        self.requests, self.queue = [], []
        replay = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                replay.requests.append(urlsplit(self.path))
                status, content = replay.queue.pop(0)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.here = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def replay(monkeypatch):
    service = Replay()

    class LedHere(urllib3.PoolManager):
        def request(self, method, url, **said):
            assert url.startswith("https://comtradeapi.un.org/")
            there = url.replace("https://comtradeapi.un.org", service.here)
            return super().request(method, there, **said)

    monkeypatch.setattr(urllib3, "PoolManager", LedHere)
    yield service
    service.close()


@pytest.fixture
def true_client(fetch):
    def run(**said):
        return fetch(ask=comtradeapicall.getFinalData, **said)

    return run


def answer(*rows):
    body = {"elapsedTime": "0.1 secs", "count": len(rows), "data": list(rows), "error": ""}
    return 200, json.dumps(body).encode()


def test_the_true_client_sends_what_is_asked(true_client, fetch, replay, capsys):
    replay.queue = [answer(row(), row(code="8541"))]
    (path,) = true_client(codes=["8541", "8542"], periods=["202301", "202302"])
    (request,) = replay.requests
    assert request.path == "/data/v1/get/C/M/HS"
    assert parse_qs(request.query) == {
        "reportercode": ["156"], "flowCode": ["X"], "period": ["202301,202302"],
        "cmdCode": ["8541,8542"], "partnerCode": ["643"], "partner2Code": ["0"],
        "motCode": ["0"], "customsCode": ["C00"], "maxRecords": ["100000"], "format": ["JSON"],
        "includeDesc": ["True"], "subscription-key": [KEY],
    }  # fmt: skip
    saved = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert list(saved.columns) == list(row())
    assert saved["primaryValue"].tolist() == ["1000.25", "1000.25"]
    assert KEY not in fetch.everything() + "".join(capsys.readouterr())


def test_the_address_of_the_fullest_call_is_short_enough(true_client, replay):
    replay.queue = [answer()]
    true_client(codes=[f"{n:06}" for n in range(300)], periods=months(2023, 2023))
    assert len(replay.requests[0].geturl()) < 4_000


def test_the_true_client_prints_errors_and_they_are_told(true_client, fetch, replay, capsys):
    replay.queue = [(429, RATE.encode()), (500, b"\xff\xfe"), (200, b"not JSON"), (200, b"{}")]
    with pytest.raises(ValueError, match="KeyError: 'data'"):
        true_client()
    assert fetch.slept == [3, 20, 40]
    assert "".join(capsys.readouterr()) == ""
    replay.queue = [(401, BAD_KEY.encode())]
    with pytest.raises(ValueError, match="Access denied"):
        true_client()


def test_the_true_client_empty_and_twice(true_client, fetch, replay):
    replay.queue = [answer(), answer(row(), row())]
    assert true_client() == []
    assert "EMPTY" in fetch.said[-1]
    with pytest.raises(ValueError, match="more than once"):
        true_client(fresh=True)


def test_no_connection_does_not_show_the_key(true_client, fetch, replay, capsys, caplog):
    replay.close()
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ValueError, match="Request error") as error:
        true_client()
    assert "subscription-key=(your key)" in str(error.value)
    shown = [str(error.value), fetch.everything(), *capsys.readouterr(), caplog.text]
    assert not any(form in text for text in shown for form in (KEY, quote_plus(KEY)))
    assert fetch.slept == [10, 20, 40]
    assert fetch.files() == []


def test_the_filter_is_what_keeps_the_key_out_of_the_log(fetch, replay, caplog):
    replay.close()
    caplog.set_level(logging.DEBUG)
    call = {"typeCode": "C", "freqCode": "A", "clCode": "HS"} | dict.fromkeys(
        ["period", "reporterCode", "cmdCode", "flowCode", "partnerCode", "partner2Code",
         "customsCode", "motCode"], "1")  # fmt: skip
    comtradeapicall.getFinalData("plainkey", **call)
    assert "plainkey" in caplog.text  # the client itself does not keep it
    caplog.clear()
    comtrade._ask_once(comtradeapicall.getFinalData, "plainkey", call)
    assert "plainkey" not in caplog.text
