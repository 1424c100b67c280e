"""The scripts that set a checkout up, run with a stand-in for Python that makes no environment and loads no package."""

import ast
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for POSIX shells")

TOP = Path(__file__).parent.parent
TOOLS = (
    "sh",
    "cat",
    "cmp",
    "cp",
    "dirname",
    "env",
    "grep",
    "mkdir",
    "mktemp",
    "readlink",
    "rm",
    "sed",
    "sleep",
    "tail",
)
STAND_IN = """#!/bin/sh
case "$*" in
*{refuse}*) echo "WARNING: a mirror is away"; echo "ERROR: refused" >&2; exit 1 ;;
"-m venv "*)
    mkdir -p "$3/bin" "$3/lib/python3.11/site-packages"
    cp "$0" "$3/bin/python"
    echo "VIRTUAL_ENV='$3'" >"$3/bin/activate" ;;
*"-m pip "*) echo "noise"; echo "noise" >&2 ;;
"-m voicecoach"*) shift 2; printf '%s\\n' "$PWD" "$PYTHONSAFEPATH" "$@" ;;
"-m "*) echo "ran $*" ;;
*) exec "{python}" "$@" ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A checkout, a folder of programs, and nothing else."""

    checkout: Path
    programs: Path

    def install_python(self, name: str = "python3", *, refuse: str = "nothing at all") -> None:
        """Put the stand-in on the PATH; it refuses arguments that contain ``refuse``."""
        text = STAND_IN.format(python=sys.executable, refuse=f'"{refuse}"')
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    def start(self, script: Path | str, *args: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        """Start a script with this machine's programs only."""
        return subprocess.Popen(
            [script, *args],
            cwd=cwd or self.checkout,
            env={"PATH": str(self.programs)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: Path | str, *args: str, cwd: Path | None = None) -> tuple[int | None, list[str], list[str]]:
        """Run a script and return its status and the lines of its two outputs."""
        process = self.start(script, *args, cwd=cwd)
        out, err = process.communicate(timeout=60)
        return process.returncode, out.splitlines(), err.splitlines()

    @property
    def voicecoach(self) -> Path:
        """The script that people run."""
        return self.checkout / "scripts" / "voicecoach"

    @property
    def environments(self) -> list[str]:
        """The names of all environments, finished or not."""
        return sorted(path.name for path in self.checkout.glob(".venv*"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        (programs / tool).symlink_to(shutil.which(tool) or "")
    checkout = tmp_path.resolve() / "a check'out"
    shutil.copytree(TOP / "scripts", checkout / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    return Machine(checkout, programs)


def test_the_first_run_sets_up_and_says_so_once(machine: Machine) -> None:
    machine.install_python()
    status, out, err = machine.run(machine.voicecoach, "plan", "--breath", "4-6")
    assert (status, out) == (0, [str(machine.checkout), "1", "plan", "--breath", "4-6"])
    assert err == [f"Setting up voicecoach (once) in {machine.checkout}/.venv ..."]
    assert machine.run(machine.voicecoach, "x") == (0, [str(machine.checkout), "1", "x"], [])
    assert machine.environments == [".venv"]


def test_a_finished_environment_names_its_own_folder(machine: Machine) -> None:
    machine.install_python()
    machine.run(machine.voicecoach)
    assert (machine.checkout / ".venv/bin/activate").read_text() == f"VIRTUAL_ENV='{machine.checkout}/.venv'\n"
    line = (machine.checkout / ".venv/lib/python3.11/site-packages/voicecoach.pth").read_text().strip()
    assert (machine.checkout / ".venv/lib/python3.11/site-packages" / line).resolve() == machine.checkout


def test_it_runs_in_the_folder_of_the_caller_even_through_links(machine: Machine, tmp_path: Path) -> None:
    machine.install_python()
    folder = tmp_path.resolve() / "else where"
    (folder / "links").mkdir(parents=True)
    (folder / "links" / "first").symlink_to(machine.voicecoach)
    (folder / "second").symlink_to("links/first")
    status, out, _ = machine.run("./second", "my routine.yaml", "", cwd=folder)
    assert (status, out) == (0, [str(folder), "1", "my routine.yaml", ""])


def test_changed_requirements_are_installed(machine: Machine) -> None:
    machine.install_python()
    machine.run(machine.voicecoach)
    with (machine.checkout / "scripts/requirements.txt").open("a") as file:
        file.write("# changed\n")
    assert len(machine.run(machine.voicecoach)[2]) == 1
    assert machine.run(machine.voicecoach)[2] == []
    assert machine.environments == [".venv"]


def test_a_setup_that_was_killed_is_done_anew(machine: Machine) -> None:
    machine.install_python()
    (machine.checkout / ".venv.new.99999999/bin").mkdir(parents=True)
    (machine.checkout / ".venv/bin").mkdir(parents=True)
    status, _, err = machine.run(machine.voicecoach)
    assert (status, len(err)) == (0, 1)
    assert machine.environments == [".venv"]


def test_two_at_once_do_not_disturb_each_other(machine: Machine) -> None:
    machine.install_python()
    both = [machine.start(machine.voicecoach, name) for name in ("one", "two")]
    said = [process.communicate(timeout=60)[0].splitlines()[-1] for process in both]
    assert ([process.returncode for process in both], said) == ([0, 0], ["one", "two"])
    assert machine.environments == [".venv"]


def test_a_failed_installation_shows_its_last_lines_and_leaves_nothing(machine: Machine) -> None:
    machine.install_python(refuse="-m pip")
    status, out, err = machine.run(machine.voicecoach)
    assert (status, out) == (1, [])
    assert err[1:] == [
        "ERROR: refused",
        "voicecoach: the packages it needs could not be installed.",
        "voicecoach: Check the network connection, then run this again.",
    ]
    assert machine.environments == []


def test_without_a_python_it_says_what_is_needed(machine: Machine) -> None:
    status, out, err = machine.run(machine.voicecoach)
    assert (status, out, len(err)) == (1, [], 2)
    assert "Python 3.11 or newer is needed" in err[0]


def test_a_python_that_is_too_old_is_passed_over(machine: Machine) -> None:
    machine.install_python("python3", refuse="version_info")
    machine.install_python("python3.12")
    assert machine.run(machine.voicecoach)[0] == 0


def test_a_python_without_venv_is_told_how_to_get_it(machine: Machine) -> None:
    machine.install_python(refuse="ensurepip")
    status, out, err = machine.run(machine.voicecoach)
    assert (status, out, len(err)) == (1, [], 2)
    assert "apt install python3-venv" in err[1]


@pytest.mark.parametrize("refuse", ["nothing at all", "-m ruff check", "-m mypy", "-m pytest"])
def test_every_check_runs_and_any_failure_counts(machine: Machine, refuse: str) -> None:
    machine.install_python(refuse=refuse)
    status, out, _ = machine.run(machine.checkout / "scripts" / "test", "-k", "two words")
    assert status == (0 if refuse == "nothing at all" else 1)
    checks = ["ruff check .", "ruff format --check .", "mypy", "pytest -n auto --dist worksteal -k two words"]
    assert [line.removeprefix("== ") for line in out if line.startswith("== ")] == checks
    assert machine.environments == [".venv-test"]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_requirements_are_pinned_by_hash_and_name_no_machine(name: str) -> None:
    text = (TOP / "scripts" / name).read_text()
    packages = text.replace("\\\n", " ").splitlines()[1:]
    assert packages
    assert all("==" in line and "--hash=sha256:" in line for line in packages)
    assert not [word for word in ("http", "file:", "--index", "--find") if word in text]


def test_the_tests_install_what_the_program_does() -> None:
    runtime, tests = ((TOP / "scripts" / name).read_text() for name in ("requirements.txt", "requirements-test.txt"))
    assert set(runtime.splitlines()) <= set(tests.splitlines())


def test_the_faults_start_and_list_their_campaigns(machine: Machine) -> None:
    machine.install_python()
    status, out, _ = machine.run(machine.checkout / "scripts" / "faults", "--help")
    assert status == 0
    campaigns = {path.stem.removeprefix("faults_") for path in (TOP / "scripts").glob("faults_*.py")}
    assert campaigns >= {"kill", "crowd"}
    assert not [name for name in campaigns if name not in "\n".join(out)]


@pytest.mark.parametrize("path", sorted((TOP / "scripts").glob("faults_*.py")), ids=lambda path: str(path.stem))
def test_a_campaign_has_what_the_faults_ask_of_it(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        each.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for each in node.targets
        if isinstance(each, ast.Name)
    }
    (campaign,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "campaign"]
    assert "USUAL" in names
    assert [each.arg for each in campaign.args.args] == ["count", "seed", "folder"]


def test_ci_runs_what_a_developer_runs() -> None:
    assert (TOP / ".ci" / "run").read_text().splitlines()[-1] == "exec ./scripts/test"
    assert all(os.access(TOP / name, os.X_OK) for name in ("scripts/test", "scripts/voicecoach"))
