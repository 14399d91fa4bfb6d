"""The environment is written down three times; here the three are held together."""

import re
import tomllib

import yaml

from helpers.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()
PINNED = re.compile(r"^([A-Za-z0-9._-]+)={1,2}([A-Za-z0-9.]+)$")


def pins(lines):
    return dict(PINNED.match(line).groups() for line in lines)


def declared():
    return pins(PROJECT["dependencies"]) | pins(PROJECT["optional-dependencies"]["test"])


def test_every_dependency_has_one_exact_version():
    lines = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", line) for line in lines)


def test_conda_environment_names_the_same_packages_and_versions():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (by_pip,) = [d["pip"] for d in dependencies if isinstance(d, dict)]
    conda = pins(d for d in dependencies if isinstance(d, str) and d != "pip")
    python = conda.pop("python")
    assert PROJECT["requires-python"].startswith(f">={python}")
    assert by_pip.pop() == "--editable ."
    assert conda | pins(by_pip) == declared()


def test_lock_has_the_declared_versions_with_hashes():
    locked = dict(re.findall(r"(?m)^([a-z0-9._-]+)==(\S+) \\\n    --hash=sha256:", LOCK))
    assert declared().items() <= locked.items()
    assert len(locked) == len(re.findall(r"(?m)^[a-z]", LOCK)), "a package without a hash"


def test_lock_names_no_address():
    assert not re.search(r"https?:|index-url|find-links|file:/", LOCK)


def test_make_targets_are_one_line_each():
    rules = re.findall(r"(?m)^(\w+): \.venv/ready ;.*(\n\t)?", (ROOT / "Makefile").read_text())
    assert rules == [(name, "") for name in ("handouts", "test", "lab", "data", "sweep", "bench")]
