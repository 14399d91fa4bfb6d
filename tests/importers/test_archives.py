"""Members of archives are taken out only where that is safe."""

import io
import re
import stat
import zipfile
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.importers import archives

WANTED = re.compile(r"BACI_.*\.csv")
TEXT = b"t,i,j,k,v,q\n2017,156,643,854231,1.5,2\n"


def packed(path, members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def refusal(path):
    with pytest.raises(ValueError) as caught:
        archives.members(path, WANTED)
    return str(caught.value)


def test_members_that_fit_are_listed_and_unpacked(tmp_path):
    path = packed(
        tmp_path / "a.zip",
        [("BACI_2017.csv", TEXT), ("in/BACI_2018.csv", TEXT), ("Readme.txt", b"no")],
    )
    assert archives.members(path, WANTED) == ["BACI_2017.csv", "in/BACI_2018.csv"]
    with archives.extracted(path, "in/BACI_2018.csv", tmp_path) as unpacked:
        assert unpacked.read_bytes() == TEXT
        assert unpacked.parent == tmp_path
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_the_file_goes_when_the_block_fails(tmp_path):
    path = packed(tmp_path / "a.zip", [("BACI_2017.csv", TEXT)])
    with (
        pytest.raises(KeyError),
        archives.extracted(path, "BACI_2017.csv", tmp_path),
    ):
        raise KeyError
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize(
    "name", ["../BACI_1.csv", "/BACI_1.csv", "a/../../BACI_1.csv", "C:/BACI_1.csv",
             "..\\BACI_1.csv", "../evil.txt"]
)  # fmt: skip
def test_paths_out_of_the_folder_are_refused(tmp_path, name):
    path = packed(tmp_path / "a.zip", [("BACI_2017.csv", TEXT), (name, TEXT)])
    assert "a path out of its folder" in refusal(path)


def test_links_are_refused(tmp_path):
    link = zipfile.ZipInfo("BACI_2017.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "a link" in refusal(packed(tmp_path / "a.zip", [(link, b"/etc/passwd")]))


def test_encrypted_members_are_refused(tmp_path):
    path = packed(tmp_path / "a.zip", [("BACI_2017.csv", TEXT)])
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(content)
    assert "an encrypted member" in refusal(path)


def test_thousandfold_expansion_is_refused(tmp_path):
    path = packed(tmp_path / "a.zip", [("BACI_2017.csv", b"0" * 5_000_000)])
    found = refusal(path)
    assert "BACI_2017.csv: found '5000000 bytes from" in found
    assert "at most 100 times" in found


def test_expansion_of_members_passed_over_does_not_matter(tmp_path):
    path = packed(tmp_path / "a.zip", [("Readme.txt", b"0" * 5_000_000), ("BACI_2017.csv", TEXT)])
    assert archives.members(path, WANTED) == ["BACI_2017.csv"]


def test_a_size_that_is_a_lie_is_found_while_unpacking(tmp_path):
    path = packed(tmp_path / "a.zip", [("BACI_2017.csv", b"0" * 5_000_000)])
    content = path.read_bytes()
    honest, said = (5_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little")
    assert content.count(honest) == 2
    crc = zlib.crc32(b"0" * 5_000_000).to_bytes(4, "little")
    lie = content.replace(honest, said).replace(crc, zlib.crc32(b"0" * 1_000).to_bytes(4, "little"))
    path.write_bytes(lie)
    assert archives.members(path, WANTED) == ["BACI_2017.csv"]
    with archives.extracted(path, "BACI_2017.csv", tmp_path) as unpacked:
        # zipfile itself stops at the size that the archive declares.
        assert unpacked.stat().st_size == 1_000


def test_unpacking_stops_at_the_limit(tmp_path, monkeypatch):
    path = packed(tmp_path / "a.zip", [("BACI_2017.csv", TEXT * 100)])
    monkeypatch.setattr(archives, "MAX_SIZE", 1_000)
    monkeypatch.setattr(archives, "CHUNK", 100)
    with (
        pytest.raises(ValueError, match="more than 1000 bytes"),
        archives.extracted(path, "BACI_2017.csv", tmp_path),
    ):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]
    taken = io.BytesIO()
    with pytest.raises(ValueError, match="more than 1000 bytes"):
        archives._unpack(path, "BACI_2017.csv", taken)
    assert len(taken.getvalue()) == 1_000


def test_altered_members_are_refused(tmp_path):
    path = packed(tmp_path / "a.zip", [("BACI_2017.csv", TEXT)], zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"854231", b"854232"))
    with (
        pytest.raises(ValueError, match="Bad CRC"),
        archives.extracted(path, "BACI_2017.csv", tmp_path),
    ):
        pass


def test_two_members_of_one_name_are_refused(tmp_path):
    with pytest.warns(UserWarning):
        path = packed(tmp_path / "a.zip", [("BACI_1.csv", TEXT), ("BACI_1.csv", b"other")])
    assert "the name twice" in refusal(path)


def test_archives_without_year_files_are_refused(tmp_path):
    assert "Readme.txt" in refusal(packed(tmp_path / "a.zip", [("Readme.txt", b"x")]))


@pytest.mark.parametrize("content", [b"", b"no archive", b"<html>", b"PK\x05\x06"])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    assert "a whole ZIP archive" in refusal(path)


def test_too_many_members_are_refused(tmp_path):
    path = packed(tmp_path / "a.zip", [(f"BACI_{n}.csv", b"") for n in range(1001)])
    assert "1001 members" in refusal(path)


@settings(max_examples=100, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(data=st.data())
def test_whatever_bytes_come_only_valueerror_leaves(tmp_path, data):
    path = packed(tmp_path / "a.zip", [("BACI_2017.csv", TEXT), ("Readme.txt", b"x" * 50)])
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        for name in archives.members(path, WANTED):
            with archives.extracted(path, name, tmp_path) as unpacked:
                assert unpacked.read_bytes() == TEXT
    except ValueError:
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]
