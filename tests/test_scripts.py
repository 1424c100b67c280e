"""The scripts that set a checkout up, run with a stand-in for Python that makes no environment and loads no package."""

import os
import re
import runpy
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.faults import __main__ as faults

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for POSIX shells")

TOP = Path(__file__).parent.parent
TOOLS = (
    "sh",
    "cat",
    "cmp",
    "cp",
    "date",
    "dirname",
    "env",
    "grep",
    "mkdir",
    "mktemp",
    "mv",
    "readlink",
    "rm",
    "sed",
    "sleep",
    "tail",
)
STAND_IN = """#!/bin/sh
case "$*" in
{refuse}) echo "WARNING: a mirror is away"; echo "ERROR: refused" >&2; exit 1 ;;
"-m venv "*)
    mkdir -p "$3/bin" "$3/lib/python3.11/site-packages"
    cp "$0" "$3/bin/python" ;;
*"-m pip "*)
    [ ! -e "{pause}" ] || {{ mv "{pause}" "{pause}d"; while [ -e "{pause}d" ]; do sleep 0.02; done; }}
    echo "pip $*" >>"{pause}.calls"; echo "noise"; echo "noise" >&2
    while [ "$1" != -r ]; do shift; done; cp "$2" "${{0%/bin/*}}/installed" ;;
*libc_ver*) exit {bundles} ;;
*mac_ver*) exit {voice} ;;
"-m voicecoach"*) shift 2; printf '%s\\n' "$PWD" "$PYTHONSAFEPATH" "$VOICECOACH_COMMAND" "$@" ;;
"-m "*) echo "ran $*" ;;
*) exec "{python}" "$@" ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A checkout, a folder of programs, and nothing else."""

    checkout: Path
    programs: Path

    def install_python(
        self, name: str = "python3", *, refuse: str = "nothing at all", bundles: bool = True, voice: bool = True
    ) -> None:
        """Put the stand-in on the PATH; it refuses arguments with one of ``refuse`` in them."""
        refused = "|".join(f'*"{each}"*' for each in refuse.split("|"))
        found = {"bundles": int(not bundles), "voice": int(not voice)}
        pause = self.checkout.parent / "pause"
        self.install(name, STAND_IN.format(python=sys.executable, refuse=refused, pause=pause, **found))

    def install(self, name: str, text: str) -> None:
        """Put a program on the PATH, in the place of a link to the system's own if there is one."""
        (self.programs / name).unlink(missing_ok=True)
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
            start_new_session=True,
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
    shutil.copy(TOP / "pyproject.toml", checkout)
    return Machine(checkout, programs)


def test_the_first_run_sets_up_and_says_so_once(machine: Machine) -> None:
    machine.install_python()
    status, out, err = machine.run(machine.voicecoach, "plan", "--breath", "4-6")
    assert (status, out) == (0, [str(machine.checkout), "1", str(machine.voicecoach), "plan", "--breath", "4-6"])
    (line,) = err
    assert re.fullmatch("Setting up, once: Python packages, about 148 MB [.]{3} [0-9]+ s", line)
    assert machine.run(machine.voicecoach, "x") == (0, [str(machine.checkout), "1", str(machine.voicecoach), "x"], [])
    assert machine.environments == [".venv"]


def test_an_environment_names_its_checkout_by_a_relative_path_so_that_it_can_be_moved(machine: Machine) -> None:
    machine.install_python()
    machine.run(machine.voicecoach)
    line = (machine.checkout / ".venv/lib/python3.11/site-packages/voicecoach.pth").read_text().strip()
    assert (machine.checkout / ".venv/lib/python3.11/site-packages" / line).resolve() == machine.checkout


def test_it_runs_in_the_folder_of_the_caller_even_through_links(machine: Machine, tmp_path: Path) -> None:
    machine.install_python()
    folder = tmp_path.resolve() / "else where"
    (folder / "links").mkdir(parents=True)
    (folder / "links" / "first").symlink_to(machine.voicecoach)
    (folder / "second").symlink_to("links/first")
    status, out, _ = machine.run("./second", "my routine.yaml", "", cwd=folder)
    assert (status, out) == (0, [str(folder), "1", "./second", "my routine.yaml", ""])


def test_a_voicecoach_that_is_installed_is_what_it_proposes_to_type(machine: Machine) -> None:
    machine.install_python()
    machine.run(machine.voicecoach)
    machine.install("voicecoach", "#!/bin/sh\n")
    assert machine.run(machine.voicecoach, "x") == (0, [str(machine.checkout), "1", "", "x"], [])


def test_changed_requirements_are_installed(machine: Machine) -> None:
    machine.install_python()
    machine.run(machine.voicecoach)
    with (machine.checkout / "scripts/requirements.txt").open("a") as file:
        file.write("# changed\n")
    assert len(machine.run(machine.voicecoach)[2]) == 1
    assert machine.run(machine.voicecoach)[2] == []
    assert machine.environments == [".venv"]


def paused(machine: Machine) -> subprocess.Popen[str]:
    """Start a set-up, and wait until it installs packages; that goes on once the file "paused" is removed."""
    machine.install_python()
    (machine.checkout.parent / "pause").touch()
    process = machine.start(machine.voicecoach, "first")
    while not (machine.checkout.parent / "paused").exists():
        assert process.poll() is None
    return process


def go_on(machine: Machine) -> None:
    (machine.checkout.parent / "paused").unlink()


def installations(machine: Machine) -> int:
    return len((machine.checkout.parent / "pause.calls").read_text().splitlines())


def test_a_set_up_that_was_killed_is_done_anew(machine: Machine) -> None:
    with paused(machine) as process:
        os.killpg(process.pid, signal.SIGKILL)
    (machine.checkout / ".venv" / "half").touch()
    status, out, err = machine.run(machine.voicecoach, "second")
    assert (status, out[-1], len(err), installations(machine)) == (0, "second", 1, 1)
    assert (machine.environments, (machine.checkout / ".venv" / "half").exists()) == ([".venv"], False)


def test_a_set_up_that_is_interrupted_is_done_anew(machine: Machine) -> None:
    with paused(machine) as process:
        os.killpg(process.pid, signal.SIGINT)
    assert process.returncode != 0
    assert machine.run(machine.voicecoach, "second")[0] == 0
    assert installations(machine) == 1


def test_of_two_at_once_one_waits_and_both_run(machine: Machine) -> None:
    with paused(machine) as first, machine.start(machine.voicecoach, "second") as second:
        assert second.stderr is not None
        assert second.stderr.readline() == "Waiting for another set-up ...\n"
        go_on(machine)
        said = [process.communicate(timeout=60)[0].splitlines()[-1] for process in (first, second)]
    assert ([process.returncode for process in (first, second)], said) == ([0, 0], ["first", "second"])
    assert (installations(machine), machine.environments) == (1, [".venv"])


def test_an_installer_that_outlives_its_script_is_waited_for(machine: Machine) -> None:
    with paused(machine) as first:
        first.kill()
    with machine.start(machine.voicecoach, "second") as second:
        assert second.stderr is not None
        assert second.stderr.readline() == "Waiting for another set-up ...\n"
        go_on(machine)
        assert second.communicate(timeout=60)[0].splitlines()[-1] == "second"
    assert installations(machine) == 1


def test_a_failed_installation_shows_its_last_lines_and_leaves_nothing(machine: Machine) -> None:
    machine.install_python(refuse="-m pip")
    status, out, err = machine.run(machine.voicecoach)
    assert (status, out) == (1, [])
    assert err == [
        "Setting up, once: Python packages, about 148 MB ... failed",
        "ERROR: refused",
        "voicecoach: the packages it needs could not be installed.",
        "voicecoach: Check the network connection, then run this again.",
    ]
    assert machine.environments == []


def test_a_folder_that_cannot_be_made_is_an_error(machine: Machine) -> None:
    machine.install_python()
    machine.install("mkdir", "#!/bin/sh\necho no >&2; exit 1\n")
    status, out, err = machine.run(machine.voicecoach)
    assert (status, out, len(err)) == (1, [], 2)
    assert err[0] == f"voicecoach: no folder can be made in {machine.checkout}."


def test_without_a_python_it_says_what_is_needed(machine: Machine) -> None:
    status, out, err = machine.run(machine.voicecoach)
    assert (status, out, len(err)) == (1, [], 2)
    assert "Python 3.11 or newer is needed" in err[0]


def test_a_python_that_is_too_old_is_passed_over(machine: Machine) -> None:
    machine.install_python("python3", refuse="version_info")
    machine.install_python("python3.12")
    assert machine.run(machine.voicecoach)[0] == 0


def test_a_python_without_venv_is_told_how_to_get_it(machine: Machine) -> None:
    machine.install_python(refuse="ensurepip|-m venv")
    status, out, err = machine.run(machine.voicecoach)
    assert (status, out) == (1, [])
    assert err[-2] == "voicecoach: this Python can't make virtual environments."
    assert "apt install python3-venv" in err[-1]
    assert machine.environments == []


UV = """#!/bin/sh
case "$*" in
--version) ;;
*{refuse}*) echo "uv: no" >&2; exit 2 ;;
venv*) for last; do :; done; exec python3 -m venv "$last" ;;
*) env=${{6%/bin/*}}; while [ "$1" != -r ]; do shift; done; cp "$2" "$env/by-uv" ;;
esac
"""


def test_uv_sets_up_where_it_is_even_for_a_python_without_venv(machine: Machine) -> None:
    machine.install_python(refuse="ensurepip")
    machine.install("uv", UV.format(refuse='"no word"'))
    assert machine.run(machine.voicecoach, "x")[0] == 0
    assert (machine.checkout / ".venv/by-uv").read_text() == (machine.checkout / "scripts/requirements.txt").read_text()
    assert not (machine.checkout / ".venv/installed").exists()


def test_uv_uses_the_python_that_was_found(machine: Machine) -> None:
    machine.install_python()
    machine.install("uv", f'#!/bin/sh\necho "$*" >>"{machine.programs}/calls"\n[ "$1" = --version ]\n')
    assert machine.run(machine.voicecoach, "x")[0] == 0
    assert f"--python {machine.programs}/python3 " in (machine.programs / "calls").read_text()


def test_where_uv_fails_pip_is_tried(machine: Machine) -> None:
    machine.install_python()
    machine.install("uv", UV.format(refuse='"pip install"'))
    assert machine.run(machine.voicecoach, "x")[0] == 0
    assert (machine.checkout / ".venv/installed").exists()
    assert machine.environments == [".venv"]


BUNDLES = {"espeakng-loader", "imageio-ffmpeg"}
VOICE = {"hibari-tts", "onnxruntime", "numpy", "flatbuffers", "protobuf"}
NO_VOICE = "voicecoach: no package brings the natural voice to this machine; the voice of the system speaks."
NO_FFMPEG = "voicecoach: no package brings ffmpeg to this machine; install it from your system, as: apt install ffmpeg"


@pytest.mark.parametrize(
    ("has", "without", "size", "said"),
    [
        ({"bundles": True, "voice": True}, set(), 148, []),
        ({"bundles": False, "voice": True}, BUNDLES | VOICE, 13, [NO_FFMPEG, NO_VOICE]),
        ({"bundles": True, "voice": False}, VOICE, 93, [NO_VOICE]),
    ],
)
def test_what_a_machine_has_no_wheels_of_is_left_out_and_named(
    machine: Machine, has: dict[str, bool], without: set[str], size: int, said: list[str]
) -> None:
    machine.install_python(**has)  # type: ignore[arg-type] # the two that are booleans
    machine.install("espeak-ng", "")
    status, _, err = machine.run(machine.voicecoach, "x")
    installed = (machine.checkout / ".venv/installed").read_text()
    rest = (machine.checkout / "scripts/requirements.txt").read_text()
    named = [line.split("==")[0] for line in installed.splitlines() if re.match("[a-z]", line)]
    everything = [line.split("==")[0] for line in rest.splitlines() if re.match("[a-z]", line)]
    assert set(everything) - set(named) == without
    assert installed.splitlines() == [line for line in rest.splitlines() if line in installed.splitlines()]
    assert installed.count("\\\n") == installed.count("--hash")
    assert err[0].startswith(f"Setting up, once: Python packages, about {size} MB ... ")
    assert (status, err[1:]) == (0, said)
    assert machine.run(machine.voicecoach, "x")[2] == []


@pytest.mark.parametrize("refuse", ["nothing at all", "-m ruff check", "-m mypy", "-m pytest"])
def test_every_check_runs_and_any_failure_counts(machine: Machine, refuse: str) -> None:
    machine.install_python(refuse=refuse)
    status, out, _ = machine.run(machine.checkout / "scripts" / "test", "-k", "two words")
    assert status == (0 if refuse == "nothing at all" else 1)
    checks = ["ruff check .", "ruff format --check .", "pytest -n auto --dist worksteal -k two words", "mypy"]
    assert [line.removeprefix("== ") for line in out if line.startswith("== ")] == checks
    assert machine.environments == [".venv-test"]


@pytest.mark.parametrize("refuse", ["nothing at all", "-m scripts.write_commands", "-m sphinx -W"])
def test_the_site_is_made_in_an_environment_of_its_own_and_any_warning_counts(machine: Machine, refuse: str) -> None:
    machine.install_python(refuse=refuse)
    status, out, _ = machine.run(machine.checkout / "scripts" / "docs")
    assert machine.environments == [".venv-docs"]
    if refuse == "nothing at all":
        assert status == 0
        assert out[0] == "ran -m scripts.write_commands"
        assert out[1].startswith("ran -m sphinx -W --keep-going ")
    else:
        assert (status, "site" in out[-1]) == (1, False)


def test_without_arguments_every_line_of_core_and_script_has_to_have_a_test(machine: Machine) -> None:
    machine.install_python()
    status, out, _ = machine.run(machine.checkout / "scripts" / "test")
    *_, every, covering, _ = [line for line in out if line.startswith("== ")]
    assert (status, every) == (0, "== pytest -n auto --dist worksteal -m not measured")
    assert covering.endswith(
        "tests/core tests/script --cov voicecoach.core --cov voicecoach.script --cov-fail-under 100"
    )
    machine.install_python(refuse="--cov-fail-under")
    shutil.rmtree(machine.checkout / ".venv-test")
    assert machine.run(machine.checkout / "scripts" / "test")[0] == 1


@pytest.mark.parametrize("which", ["lowest", "newest"])
def test_the_unit_tests_run_with_other_versions(machine: Machine, which: str) -> None:
    machine.install_python()
    status, out, err = machine.run(machine.checkout / "scripts" / "test", f"--{which}", "-k", "two words")
    assert status == 0
    left_out = "--ignore tests/integration --ignore tests/studio/browser"
    assert out[0] == f"== pytest -n auto --dist worksteal {left_out} -k two words"
    assert (len(err), machine.environments) == (1, [f".venv-{which}"])
    again = machine.run(machine.checkout / "scripts" / "test", f"--{which}")[2]
    assert len(again) == (1 if which == "newest" else 0)


ASSIGNED = """
scripts={scripts}; sourced=yes; set >{folder}/before
. "$scripts/setup.sh"; prepare requirements.txt
set >{folder}/after
"""


@pytest.mark.parametrize("ready", [False, True])
def test_setting_up_changes_no_variable_of_the_script_that_asks_for_it(machine: Machine, *, ready: bool) -> None:
    machine.install_python()
    if ready:
        machine.run(machine.voicecoach)
    folder = machine.checkout.parent
    text = ASSIGNED.format(scripts=shlex.quote(str(machine.checkout / "scripts")), folder=shlex.quote(str(folder)))
    machine.install("ask", f"#!/bin/sh\nset -eu\n{text}")
    assert machine.run(machine.programs / "ask")[0] == 0
    before, after = (
        dict(re.findall(r"^(\w+)=(.*)", (folder / name).read_text(), re.MULTILINE)) for name in ("before", "after")
    )
    assert before["sourced"] in {"yes", "'yes'"}
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert changed - {"_", "PPID", "LINENO", "BASH_LINENO"} == {"checkout", "venv"}


def test_the_newest_versions_are_those_of_all_that_pyproject_asks_for(machine: Machine) -> None:
    machine.install_python()
    machine.run(machine.checkout / "scripts" / "test", "--newest")
    named = re.findall("^[a-z0-9.-]+", (machine.checkout / ".venv-newest/installed").read_text(), re.MULTILINE)
    asked = tomllib.loads((TOP / "pyproject.toml").read_text())
    groups = asked["dependency-groups"]
    everything = [*asked["project"]["dependencies"], *groups["lint"], *groups["test"]]
    assert named == [re.split("[>;]", each)[0] for each in everything]


def test_the_group_for_developers_has_tests_and_lint() -> None:
    groups = tomllib.loads((TOP / "pyproject.toml").read_text())["dependency-groups"]
    assert groups["dev"] == [{"include-group": "lint"}, {"include-group": "test"}]


PINNED = ["requirements.txt", "requirements-test.txt", "requirements-lowest.txt", "requirements-docs.txt"]
PINNED += ["requirements-listen.txt"]


@pytest.mark.parametrize("name", PINNED)
def test_requirements_are_pinned_by_hash_and_name_no_machine(name: str) -> None:
    text = (TOP / "scripts" / name).read_text()
    packages = text.replace("\\\n", " ").splitlines()[1:]
    assert packages
    assert all("==" in line and "--hash=sha256:" in line for line in packages)
    assert not [word for word in ("://", "file:", "--index", "--find") if word in text]


@pytest.mark.parametrize("name", ["requirements-test.txt", "requirements-docs.txt"])
def test_tests_and_docs_install_what_the_program_does(name: str) -> None:
    runtime, more = (read_versions(TOP / "scripts" / each) for each in ("requirements.txt", name))
    assert runtime <= more


def read_versions(path: Path) -> set[tuple[str, ...]]:
    """Read each pinned version with its hashes, without its markers: what tests need may be needed on more machines."""
    packages = path.read_text().replace("\\\n", " ").splitlines()[1:]
    return {(line.split()[0], *re.findall("--hash=[^ ]+", line)) for line in packages}


def test_what_listens_has_the_same_versions_as_the_program_and_no_torch() -> None:
    runtime, more = (
        {line.split(" ")[0] for line in (TOP / "scripts" / name).read_text().splitlines() if "==" in line}
        for name in ("requirements.txt", "requirements-listen.txt")
    )
    assert runtime <= more
    assert not {"torch", "torchaudio", "xls-r-sqa"} & {each.partition("==")[0] for each in more}


def test_every_list_is_written_by_pin() -> None:
    assert set(PINNED) == {path.name for path in (TOP / "scripts").glob("requirements*.txt")}
    assert set(PINNED) == set(re.findall(r"^pin scripts/(\S+)", (TOP / "scripts" / "pin").read_text(), re.MULTILINE))


def test_listening_has_an_environment_of_its_own_and_one_thread_for_each_sound(machine: Machine) -> None:
    machine.install_python()
    status, out, (line,) = machine.run(machine.checkout / "scripts" / "listen", "--voice", "system:")
    assert (status, out) == (0, ["ran -m scripts.listening.command --voice system:"])
    assert re.fullmatch("Setting up, once: Python packages, about [0-9]+ MB [.]{3} [0-9]+ s", line)
    assert machine.environments == [".venv-listen"]


@pytest.mark.parametrize("tool", ["assets", "bench", "faults", "fuzz"])
def test_a_tool_runs_and_has_help(
    machine: Machine, tool: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.install_python()
    status, out, _ = machine.run(machine.checkout / "scripts" / "run", tool, "--help")
    assert (status, out) == (0, [f"ran -m scripts.{tool} --help"])
    monkeypatch.setattr(sys, "argv", [tool, "--help"])
    monkeypatch.delitem(sys.modules, f"scripts.{tool}.__main__", raising=False)
    with pytest.raises(SystemExit, match=r"^(0|None)$"):
        runpy.run_module(f"scripts.{tool}", run_name="__main__", alter_sys=True)
    shown, complaints = capsys.readouterr()
    assert f"scripts/run {tool}" in shown
    assert complaints == ""


@pytest.mark.parametrize("arguments", [(), ("nothing",), ("..",)])
def test_a_tool_that_is_not_there_is_an_error_that_names_those_that_are(
    machine: Machine, arguments: tuple[str, ...]
) -> None:
    status, out, err = machine.run(machine.checkout / "scripts" / "run", *arguments)
    assert (status, out, err) == (1, [], ["voicecoach: name a tool: assets, bench, faults or fuzz"])


def test_every_tool_and_every_campaign_is_named() -> None:
    scripts = [path.read_text() for path in (TOP / "scripts").iterdir() if path.is_file() and not path.suffix]
    every = {path.parent.name for path in (TOP / "scripts").glob("*/__main__.py")}
    tools = sorted(name for name in every if not any(f"-m scripts.{name} " in script for script in scripts))
    usage = (TOP / "scripts" / "run").read_text()
    assert re.findall(r"^#   (\w+)", usage, re.MULTILINE) == tools
    assert f"{', '.join(tools[:-1])} or {tools[-1]}" in usage
    assert set(faults.CAMPAIGNS) == {"kill", "voice"}


APT = """#!/bin/sh
echo "apt-get $*" >>"{checkout}/calls"
case "$*" in
install*chromium-headless-shell) [ -e "{checkout}/no-shell" ] && exit 100
    echo "#!/bin/sh" >"{programs}/chromium-headless-shell"; chmod +x "{programs}/chromium-headless-shell"; exit 0 ;;
install*chromium) echo "#!/bin/sh" >"{programs}/chromium"; chmod +x "{programs}/chromium"; exit 0 ;;
install*) [ -e "{checkout}/no-network" ] && exit 100; echo "#!/bin/sh" >"{programs}/ffmpeg" ;;
remove*ffmpeg) rm -f "{programs}/ffmpeg"; exit 0 ;;
esac
[ "$1" != install ] || chmod +x "{programs}/ffmpeg"
[ "$1" != install ] || cp "{programs}/ffmpeg" "{programs}/espeak-ng"
[ "$*" != "remove -y -qq espeak-ng" ] || rm -f "{programs}/espeak-ng"
"""
CHECKS = """#!/bin/sh
there=bare
command -v ffmpeg >/dev/null && command -v espeak-ng >/dev/null && there=installed
echo "test $* $there" >>"{checkout}/calls"
echo "1 passed"
[ "$*" != "{refuse}" ]
"""
THEN = ["docs", "test --lowest bare", "test --newest bare"]


@dataclass(frozen=True, slots=True)
class Builder:
    """A machine that CI runs on, with stand-ins for apt-get and for the checks."""

    machine: Machine

    def run(self, *, user: int = 0, refuse: str = "nothing", ci: str = "true") -> tuple[int, list[str], str]:
        """Run .ci/run; return its status, the calls of the checks and of apt-get, and the last line it printed."""
        machine = self.machine
        places = {"checkout": machine.checkout, "programs": machine.programs}
        for name in ("bash", "chmod", "dirname", "env", "rm", "cp", "grep"):
            (machine.programs / name).unlink(missing_ok=True)
            (machine.programs / name).symlink_to(shutil.which(name) or "")
        machine.install("id", f"#!/bin/sh\necho {user}\n")
        machine.install("apt-get", APT.format(**places))
        (machine.checkout / "scripts" / "test").write_text(CHECKS.format(refuse=refuse, **places))
        docs = f'#!/bin/sh\necho docs >>"{machine.checkout}/calls"\n[ docs != "{refuse}" ]\n'
        for name, text in (("ffmpegs", "#!/bin/sh\n"), ("docs", docs)):
            (machine.checkout / "scripts" / name).write_text(text)
            (machine.checkout / "scripts" / name).chmod(0o755)
        (machine.checkout / ".ci").mkdir(exist_ok=True)
        shutil.copy(TOP / ".ci" / "run", machine.checkout / ".ci" / "run")
        calls = machine.checkout / "calls"
        calls.unlink(missing_ok=True)
        done = subprocess.run(
            [machine.checkout / ".ci" / "run"],
            env={"PATH": str(machine.programs), "CI": ci},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, calls.read_text().splitlines(), done.stdout.splitlines()[-1]


@pytest.fixture
def builder(machine: Machine) -> Builder:
    return Builder(machine)


def test_ci_tests_a_bare_machine_then_one_with_the_systems_programs(builder: Builder) -> None:
    builder.machine.install("ffmpeg", "left by an earlier run")
    builder.machine.install("espeak-ng", "left by an earlier run")
    status, calls, last = builder.run()
    tests = [call for call in calls if call.startswith("test")]
    assert tests == ["test  bare", "test  installed", "test --lowest installed", "test --newest installed"]
    assert (status, last) == (0, "1 passed")
    asked = "apt-get install -y -qq --no-install-recommends"
    installed = calls.index(f"{asked} chromium-headless-shell")
    assert calls.index("apt-get update -qq") < installed < calls.index("test  bare")
    assert f"{asked} chromium" not in calls
    assert calls.index("test  bare") < calls.index(f"{asked} ffmpeg espeak-ng")
    assert not (builder.machine.programs / "ffmpeg").exists()


def test_ci_takes_the_whole_browser_where_there_is_none_without_windows(builder: Builder) -> None:
    (builder.machine.checkout / "no-shell").touch()
    status, calls, _ = builder.run()
    assert status == 0
    assert "apt-get install -y -qq --no-install-recommends chromium" in calls


@pytest.mark.parametrize("refuse", ["", "docs", "--lowest", "--newest"])
def test_a_failing_part_of_ci_fails_the_whole_and_stops_no_other(builder: Builder, refuse: str) -> None:
    status, calls, _ = builder.run(refuse=refuse)
    assert (status, len([call for call in calls if call.startswith("test")])) == (1, 4)


def test_ci_fails_when_it_can_install_nothing(builder: Builder) -> None:
    (builder.machine.checkout / "no-network").touch()
    status, calls, _ = builder.run()
    assert (status, len([call for call in calls if call.startswith("test")])) == (1, 4)


@pytest.mark.parametrize(("user", "ci"), [(1000, "true"), (0, ""), (0, "false")])
def test_without_ci_or_root_nothing_is_installed(builder: Builder, user: int, ci: str) -> None:
    assert builder.run(user=user, ci=ci) == (0, ["test  bare", *THEN], "1 passed")


def test_ci_runs_what_a_developer_runs() -> None:
    assert "./scripts/test" in (TOP / ".ci" / "run").read_text()
    programs = [".ci/run", *(f"scripts/{name}" for name in ("docs", "ffmpegs", "test", "voicecoach"))]
    assert all(os.access(TOP / name, os.X_OK) for name in programs)
