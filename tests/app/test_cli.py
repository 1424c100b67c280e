"""What people type, what they read, and the status that scripts see; the voice is a fake one."""

from __future__ import annotations

import json
import os
import re
import shutil
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes import FakeVoice
from voicecoach import __version__
from voicecoach.app import config, session, speaker
from voicecoach.app.cli import COMMANDS, cli, run
from voicecoach.app.request import Request
from voicecoach.app.speaker import Speaker
from voicecoach.core.notation import read_pace
from voicecoach.core.score import CueKind, Side
from voicecoach.errors import EncodeError, OutputError
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of one's own, no settings, and a voice that needs no system."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(
        speaker, "find_speaker", lambda _request, _routine, folder: Speaker(CachedVoice(FakeVoice(), folder), "fake")
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What `make` is asked for; nothing is made."""
    requests: list[Request] = []

    def make(request: Request, *_: object) -> None:
        requests.append(request)
        raise EncodeError("stopped here")

    monkeypatch.setattr(session, "make", make)
    return requests


def failed(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    """Run a command that fails: nothing on stdout, one to three lines on stderr."""
    status = run(list(args))
    out, err = capsys.readouterr()
    assert out == ""
    err = err.lstrip("\n")  # click ends the line of a Ctrl-C
    assert err.startswith("voicecoach: ")
    assert 1 <= len(err.splitlines()) <= 3
    assert "Traceback" not in err
    return status, err.removeprefix("voicecoach: ")


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("mkae", "No such command 'mkae'"),
        ("make --roundz 3", "No such option"),
        ("make a b", "Got unexpected extra argument (b)"),
        ("check", "Missing argument 'FILE...'"),
        ("make leg-strech", "no routine is called 'leg-strech'; did you mean 'leg-stretch'"),
        ("make nowhere.yaml", "no file is called 'nowhere.yaml'"),
        ("plan .", "'.' is a folder"),
        ("make --breath 4-", "Invalid value for '--breath': '4-' is not a breath: a number is missing"),
        ("make --breath 0-0", "Invalid value for '--breath': '0-0' can't be breathed"),
        ("make --breath -4-6", "Invalid value for '--breath': '-4-6' is not a breath"),
        ("make --breath nan-6", "Invalid value for '--breath': 'nan-6' is not a breath"),
        ("make --breath 4,5-6", "Invalid value for '--breath': '4,5-6' is not a breath: decimals take a point"),
        ("make --rate fast", "Invalid value for '--rate': 'fast' is not a whole number from"),
        ("make --rate 99999", "Invalid value for '--rate': '99999' is not a whole number from"),
        ("make --rounds 0", "Invalid value for '--rounds': '0' is not a whole number from 1 to 1000"),
        ("make --rounds 1.5", "Invalid value for '--rounds': '1.5' is not a whole number from 1 to 1000"),
        ("make --lead-in -3s", "Invalid value for '--lead-in': '-3s' is not a length of time"),
        ("make --lead-in 11m", "Invalid value for '--lead-in': '11m' is more than 600 s"),
        ("make --preview 0s", "Invalid value for '--preview': nothing is left of the session"),
        ("make --preview inf", "Invalid value for '--preview': 'inf' is not a length of time"),
        ("make --side up", "Invalid value for '--side': 'up' is not one of"),
        ("make --tracks three", "Invalid value for '--tracks': 'three' is not one of"),
        ("make --with nope", "no optional exercise is called 'nope'; there are:"),
        ("make --skip nope", "no exercise in this routine is called 'nope'; there are:"),
        ("make thigh-burner --with all", "thigh-burner has no optional exercises to add"),
        ("make thigh-burner --skip thigh-burner", "every exercise is skipped"),
        ("make thigh-burner --side left", "thigh-burner has no sides"),
        ("make thigh-burner --tracks sides", "thigh-burner has no sides"),
        ("plan --tracks sides", "No such option"),
        ("make -o sound.ogg", "sound.ogg: there is no such folder, and a file's name ends in .mp3"),
        ("make -o nowhere/a.mp3", "nowhere/a.mp3: there is no folder nowhere; make it first"),
        ("make -o rest.yaml/a.mp3", "rest.yaml/a.mp3: rest.yaml is a file, not a folder; choose another place"),
        ("plan --plot rest.yaml/a.svg", "rest.yaml/a.svg: rest.yaml is a file, not a folder; choose another place"),
        ("make -o /dev/null", "/dev/null: it is not a plain file; choose another name with -o"),
        ("make -o pipe.mp3", "pipe.mp3: it is not a plain file; choose another name with -o"),
        ("make -o  ", "Invalid value for '-o' / '--output': the name is empty; write a file or a folder"),
        ("make -o folder.mp3", "folder.mp3/leg-stretch.mp3: there is a folder of this name"),
    ],
)
def test_a_wrong_command_is_reported_with_status_2(
    args: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder.mp3" / "leg-stretch.mp3").mkdir(parents=True)
    (tmp_path / "rest.yaml").touch()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.mp3")
    status, said = failed(capsys, *args.split(" "))
    assert status == 2
    assert said.startswith(expected)


def test_words_that_do_not_fit_are_reported_with_place_and_phase(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(f"title: x\nsteps:\n  - breathe: 1\n    out: {'long ' * 40}\n")
    status, said = failed(capsys, "plan", "a.yaml")
    assert status == 2
    assert said.startswith("a.yaml:4:10: 'long long")
    assert "and the exhale of 6 s has 5.40 s for it; add a shorter wording after '|'" in said


@pytest.mark.parametrize(
    ("error", "status", "expected"),
    [
        (EncodeError("encoding failed\nthis is why"), 1, "encoding failed\nthis is why\n"),
        (OutputError("a.mp3", "no space left on device"), 1, "a.mp3: no space left on device\n"),
        (OSError(5, "Input/output error", "a.mp3"), 1, "a.mp3: input/output error\n"),
        (KeyboardInterrupt(), 130, "stopped; nothing was written\n"),
        (
            TypeError("it broke\nbadly"),
            1,
            "internal error, please report it: TypeError: it broke\nset VOICECOACH_TRACEBACK=1 to see where it comes",
        ),
        (RecursionError(), 1, "internal error, please report it: RecursionError: \nset VOICECOACH_TRACEBACK"),
    ],
)
def test_every_failure_has_its_status(
    error: BaseException,
    status: int,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def make(*_: object) -> None:
        raise error

    monkeypatch.setattr(session, "make", make)
    found, said = failed(capsys, "make")
    assert found == status
    assert said.startswith(expected)


def test_an_internal_error_shows_its_traceback_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(session, "make", None)
    monkeypatch.setenv("VOICECOACH_TRACEBACK", "1")
    assert run(["make"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_options_say_what_is_made(asked: list[Request]) -> None:
    line = "make thigh-burner --breath 4-7-8 --rounds 2 --side right --with a --with b --skip c --voice en --rate 150"
    assert run([*line.split(), "--lead-in", "1:30", "--title", "Mine", "--preview", "2.5", "--tracks", "sides"]) == 1
    (request,) = asked
    assert (request.routine, request.split, request.voice, request.rate) == ("thigh-burner", True, "en", 150)
    assert (request.title, request.preview) == ("Mine", Fraction(5, 2))
    chosen = request.choices
    assert (chosen.breath, chosen.rounds, chosen.sides) == (read_pace("4-7-8"), 2, (Side.RIGHT,))
    assert chosen.added == {"a", "b"}
    assert chosen.skipped == {"c"}
    assert chosen.lead_in == 90


def test_without_options_it_is_the_leg_stretch_as_its_author_breathes(asked: list[Request]) -> None:
    run(["make"])
    assert asked[0] == Request("leg-stretch")


def test_the_line_comes_before_the_environment_and_that_before_the_settings(
    asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    config.file().write_text('breath = "3-3"\nrate = 140\nvoice = "de"\ntitle = "Mine"\n')
    monkeypatch.setenv("VOICECOACH_BREATH", "4-4")
    monkeypatch.setenv("VOICECOACH_RATE", "150")
    monkeypatch.setenv("VOICECOACH_MAKE_RATE", "160")
    monkeypatch.setenv("VOICECOACH_WITH", "a b")
    run(["make", "--breath", "5-5"])
    (request,) = asked
    assert request.choices.breath == read_pace("5-5")
    assert request.rate == 160, "the command's own variable comes before that of all commands"
    assert (request.voice, request.title) == ("de", "Mine")
    assert request.choices.added == {"a", "b"}


@pytest.mark.parametrize("name", ["VOICECOACH_BREATH", "VOICECOACH_PLAN_BREATH"])
def test_a_wrong_variable_is_named(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "4,5-6")
    status, said = failed(capsys, "plan")
    assert status == 2
    assert said.splitlines()[-1] == f"it is the value of {name}"


def test_a_wrong_setting_is_named_with_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    config.file().write_text('side = "up"\n')
    status, said = failed(capsys, "plan")
    assert status == 2
    assert f"it is set in {config.file()}" in said


def test_help_is_there_with_and_without_asking(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for args in ([], ["-h"], ["--help"]):
        assert run(args) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] == texts[2]
    assert all(command in texts[0] for command in ("make", "plan", "check", "list", "show"))


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


def test_list_names_each_routine_and_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    names = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert names == sorted(names)
    at = names.index("thigh-burner")
    assert re.fullmatch(r"thigh-burner +\d+:\d\d  legs, hips; standing; medium; en.*", lines[2 * at])
    assert lines[2 * at + 1].startswith("    A still, wide squat")


def test_what_show_prints_is_a_routine_that_check_accepts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "sitting-leg-stretch"]) == 0
    (tmp_path / "mine.yaml").write_text(capsys.readouterr().out)
    assert run(["check", "mine.yaml"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "1 checked, no problems"


def test_check_prints_every_problem_of_every_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text("title: x\nsteps:\n  - breathe: 0\n  - rest: 1,5s\n  - say:\n")
    (tmp_path / "b.yaml").write_text("")
    (tmp_path / "c.yaml").write_text("title: x\nsteps:\n  - repeat: {rounds: 1000, steps: [breathe: 10000]}\n")
    assert run(["check", "a.yaml", "b.yaml", "thigh-burner", "nowhere.yaml", "c.yaml"]) == 2
    out, err = capsys.readouterr()
    assert [line.split(": ")[0] for line in out.splitlines()] == [
        "a.yaml:3:14", "a.yaml:4:11", "a.yaml:5:5", "b.yaml:1:1", "nowhere.yaml:1:1", "c.yaml:1:1",
    ]  # fmt: skip
    assert "more than 100,000" in out
    assert err == ""


def test_make_shows_two_problems_and_counts_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text("title: x\nsteps:\n  - breathe: 0\n  - rest: 1,5s\n  - say:\n  - hi\n")
    status, said = failed(capsys, "make", "a.yaml")
    assert status == 2
    assert [line[:12] for line in said.splitlines()] == ["a.yaml:3:14:", "a.yaml:4:11:", "and 2 more: "]
    assert said.splitlines()[2] == "and 2 more: 'voicecoach check a.yaml' lists them all"
    assert not list(tmp_path.glob("*.mp3"))


def test_plan_prints_chapters_and_cues_with_their_times(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "thigh-burner", "--rounds", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "0:00  Before you begin"
    assert lines[1].split()[:2] == ["0:03.0", "instruction"]
    assert any(line.split()[1:2] == ["breath"] and line.endswith("Out, and rise") for line in lines)


SPAN = {"start": float, "end": float}
SIDE = str | None
CONTRACT: dict[str, dict[str, Any]] = {
    "phases": {**SPAN, "kind": str, "side": SIDE, "breath": int},
    "spans": {**SPAN, "kind": str, "side": SIDE, "name": str | None},
    "cues": {**SPAN, "track": str, "kind": str, "text": str, "side": SIDE, "wording": int, "wordings": int},
    "chapters": {**SPAN, "title": str, "side": SIDE},
}


def planned(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    assert run(["plan", *args, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_make_tells_where_the_time_went(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "calm.yaml").write_text("title: Calm\nsteps:\n  - breathe: 2\n    in: In\n    out: Out\n")
    assert run(["make", "calm.yaml", "-o", str(tmp_path), "--timings", "--json"]) == 0
    out, err = capsys.readouterr()
    told = {name: float(seconds) for name, seconds in re.findall(r"^(\w+) +([0-9.]+) s +[0-9]+%$", err, re.MULTILINE)}
    assert len(told) == len(err.splitlines())
    assert {"starting", "routine", "speaking", "encoding", "measuring", "writing"} < told.keys()
    assert sum(told.values()) == pytest.approx(2 * told["total"], abs=0.02), "the parts are all of it"
    seconds = json.loads(out)["seconds"]
    assert seconds.keys() == told.keys() - {"starting"}


@pytest.mark.parametrize(
    ("args", "version"), [(["--json"], 2), (["--json-version", "1"], 1), (["--json", "--json-version", "2"], 2)]
)
def test_the_json_has_the_version_that_is_asked_for(
    args: list[str], version: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", "box-breathing", *args]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == f"voicecoach-timeline/{version}"
    assert ("spans" in document) is (version == 2)


def test_the_schema_of_the_json_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "voicecoach-timeline/2"


def test_the_plan_as_json_keeps_its_contract(capsys: pytest.CaptureFixture[str]) -> None:
    document = planned(capsys, "sitting-leg-stretch")
    assert list(document) == [
        "format", "title", "language", "voice", "duration", "phases", "spans", "cues", "chapters", "stretch",
    ]  # fmt: skip
    assert document["format"] == "voicecoach-timeline/2"
    assert (document["title"], document["language"], document["voice"]) == ("Sitting leg stretch", "en", "fake")
    assert document["stretch"] == {"left": 68.0, "right": 68.0}
    for part, fields in CONTRACT.items():
        assert document[part]
        for each in document[part]:
            assert each.keys() == fields.keys()
            assert all(isinstance(each[name], kind) for name, kind in fields.items())
            assert 0 <= each["start"] <= each["end"] <= document["duration"]
            assert each["side"] in {None, "left", "right", "both"}
    assert {each["kind"] for each in document["cues"]} <= {kind.value for kind in CueKind}
    assert {each["track"] for each in document["cues"]} == {"voice", "chime"}
    assert {each["kind"] for each in document["phases"]} == {"inhale", "exhale"}
    assert [each["breath"] for each in document["phases"][:4]] == [0, 0, 1, 1]


def test_the_plan_of_a_side_is_that_of_its_track(capsys: pytest.CaptureFixture[str]) -> None:
    left, right = (planned(capsys, "sitting-leg-stretch", "--side", side) for side in ("left", "right"))
    assert left["duration"] == right["duration"]
    assert left["stretch"] == {"left": 68.0, "right": 0.0}
    assert {each["side"] for each in right["phases"]} == {None, "right"}, "the first breath is for both"
    assert left["title"] == "Sitting leg stretch: left"


def test_a_preview_is_the_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    document = planned(capsys, "--preview", "30s", "--title", "Kurz: Füße")
    assert document["duration"] == 30.0
    assert document["title"] == "Kurz: Füße"


def test_what_is_kept_is_counted_and_deleted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["plan", "thigh-burner"])
    capsys.readouterr()
    for args in ([], ["--clear"], []):
        assert run(["cache", *args]) == 0
    kept, deleted, none = capsys.readouterr().out.splitlines()
    assert not kept.startswith("0 ")
    assert deleted.split()[0] == kept.split()[0]
    assert none.startswith("0 ")
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)


def test_a_cache_that_cannot_be_kept_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cache").write_text("not a folder")
    assert run(["plan", "thigh-burner"]) == 0
    assert "can't be kept in" in capsys.readouterr().err


def test_new_writes_a_routine_that_plays_and_never_over_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "my-stretch"]) == 0
    assert capsys.readouterr().out.startswith("my-stretch.yaml ")
    assert run(["check", "my-stretch.yaml"]) == 0
    assert run(["plan", "my-stretch.yaml"]) == 0
    out, err = capsys.readouterr()
    assert "My stretch: left, round 1" in out
    assert "docs/dose.md" not in err
    assert failed(capsys, "new", "my-stretch")[0] == 2
    assert failed(capsys, "new", "../mine")[0] == 2


def test_schema_prints_the_schema_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["required"] == ["title", "steps"]


def test_the_plan_says_where_the_sides_have_different_numbers_of_turns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = "each side: {rounds: {left: 3, right: 1}, steps: [say: 'Your {leg}']}"
    (tmp_path / "a.yaml").write_text(f"title: x\nsides: {{left: {{leg: a}}, right: {{leg: b}}}}\nsteps:\n  - {steps}\n")
    assert run(["plan", "a.yaml"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "the sides differ: left 3 turns, right 1 turn"
    assert run(["plan", "sitting-leg-stretch"]) == 0
    assert "differ" not in capsys.readouterr().out


def test_little_stretch_is_noted_by_make_and_plan_but_not_quietly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text("title: x\nsteps:\n  - {hold: 8s, stretch: true}\n")
    note = "voicecoach: the shortest stretch lasts 8 s, each leg is stretched 8 s in total; "
    for args, told in (
        (["plan", "a.yaml"], 1),
        (["plan", "a.yaml", "--preview", "2s"], 1),
        (["plan", "thigh-burner"], 0),
    ):
        assert run(args) == 0
        assert capsys.readouterr().err.count(note) == told
    assert run(["make", "a.yaml", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_the_plan_in_colour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run(["plan", "thigh-burner"]) == 0
    out = capsys.readouterr().out
    assert "\x1b[" in out
    assert "───" in out


@pytest.mark.parametrize(
    ("settings", "args", "said"),
    [
        ('language = "xx"', "make", "--language is set in {}:1"),
        ('length = "10m"\nrounds = 2', "make", "--rounds is set in {}:2"),
        ('\n[plan]\nskip = ["nope"]', "plan", "--skip is set in {}:3"),
        ("pitch = 40\nrounds = 2", "plan --length 10m", "--rounds is set in {}:2"),
        ("pitch = 40\nrounds = 2", "plan --with nope", ""),
    ],
)
def test_a_choice_that_was_not_typed_is_reported_with_its_place(
    settings: str, args: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config.file().write_text(settings)
    status, told = failed(capsys, *args.split())
    assert status == 2
    assert (said.format(config.file()) in told.splitlines()) if said else "is set in" not in told


def test_a_choice_from_a_variable_is_reported_with_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOICECOACH_SKIP", "nope")
    assert failed(capsys, "plan")[1].endswith("\n--skip is the value of VOICECOACH_SKIP\n")


def test_the_commands_are_listed_as_they_are_needed_and_not_cut_short(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    listed = capsys.readouterr().out.split("Commands:\n")[1].split("\n\n")[0]
    assert re.findall(r"^  ([a-z]+)", listed, re.MULTILINE) == list(COMMANDS) == list(cli.commands)
    assert "..." not in listed


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_begins_its_help_as_the_list_of_commands_says(name: str) -> None:
    assert (cli.commands[name].help or "").splitlines()[0] == COMMANDS[name]
