"""The workflow for a public host tries what the package index promises, and pins what it takes from others."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
JOBS: dict[str, Any] = YAML(typ="safe").load(TEXT)["jobs"]
TESTS = ("linux", "macos", "windows")


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


@pytest.mark.parametrize("job", TESTS)
def test_every_system_tries_every_python_that_we_name(job: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [match[1] for each in project["classifiers"] if (match := re.search(r"Python :: (3\.\d+)$", each))]
    assert JOBS[job]["strategy"]["matrix"]["python"] == named


def test_linux_tries_the_lowest_and_the_newest_packages_too() -> None:
    more = JOBS["linux"]["strategy"]["matrix"]["include"]
    assert [each["versions"] for each in more] == ["--lowest", "--newest"]
    assert './scripts/test ${VERSIONS:+"$VERSIONS"}' in commands("linux")


def test_every_script_of_a_job_is_there() -> None:
    used = {word for job in JOBS for command in commands(job) for word in re.findall(r"\./(\S+)", command)}
    assert used == {"scripts/docs", "scripts/test", "scripts/voicecoach"}
    assert all(os.access(ROOT / each, os.X_OK) for each in used)
    assert (ROOT / "scripts" / "requirements-test.txt").name in " ".join(commands("windows"))


def test_actions_are_pinned_and_may_only_read() -> None:
    used = [step["uses"] for job in JOBS.values() for step in job["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", each) for each in used)
    assert re.search(r"^permissions:\n  contents: read$", TEXT, re.MULTILINE)
    assert TEXT.count("persist-credentials: false") == len(JOBS)
