"""Voices listed and sampled from the command line; all of them are fakes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes import FakeKind, NamedVoice
from voicecoach.app import config, player, sampling, session
from voicecoach.app.cli import run
from voicecoach.audio.tagging import extract_timeline
from voicecoach.errors import EncodeError
from voicecoach.views.exchange import read_timeline
from voicecoach.voices import finding
from voicecoach.voices.port import Settings, VoiceInfo

if TYPE_CHECKING:
    from voicecoach.app.request import Request

VOICES = (
    VoiceInfo("fake:jo", "fake", "Jo", ("en-us",), rank=5),
    VoiceInfo("fake:bo", "fake", "Bo", ("de", "en-gb"), ready=False, hint="install it"),
    VoiceInfo("fake:mute", "fake", "Whoever"),
    VoiceInfo("fake:jutta", "fake", "Jutta", ("de",)),
    VoiceInfo("fake:ivo", "fake", "Ivo", ("it",)),
)


class Kind(FakeKind):
    """The kind of these voices; it remembers what was asked of them."""

    asked: list[Settings] = []  # noqa: RUF012 - emptied by the fixture

    def find_voice(self, name: str, settings: Settings) -> NamedVoice:
        self.asked.append(settings)
        return super().find_voice(name, settings)


@pytest.fixture(autouse=True)
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(finding, "list_kinds", lambda: {"fake": Kind("fake", VOICES)})
    Kind.asked.clear()
    return Kind.asked


def said(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert run([*args]) == 0
    return capsys.readouterr().out


def failed(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    status = run([*args])
    out, err = capsys.readouterr()
    assert out == ""
    return status, err.removeprefix("voicecoach: ")


def test_voices_are_listed_by_language_with_what_is_wanting(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "voices", "--all").splitlines() == [
        "de         fake  fake:jutta  Jutta    ready",
        "de, en-gb  fake  fake:bo     Bo       install it",
        "en-us      fake  fake:jo     Jo       ready",
        "it         fake  fake:ivo    Ivo      ready",
        "-          fake  fake:mute   Whoever  ready",
    ]


@pytest.mark.parametrize(
    ("code", "expected"), [("de", ["jutta", "bo"]), ("en_US", ["bo", "jo"]), ("en", ["bo", "jo"]), ("it-CH", ["ivo"])]
)
def test_a_language_leaves_those_that_speak_it(
    code: str, expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(said(capsys, "voices", "--language", code, "--json"))["voices"]
    assert [each["id"] for each in found if not each["recommended"]] == [f"fake:{name}" for name in expected]


def test_first_come_the_voices_that_are_worth_hearing(capsys: pytest.CaptureFixture[str]) -> None:
    table, _, advice = said(capsys, "voices").rpartition("\n\n")
    assert [re.split("  +", line) for line in table.splitlines()] == [
        ["German", "Jutta", "fake", "fake:jutta", "-", "-", "ready"],
        ["German", "Thorsten", "piper", "piper:de_DE-thorsten-medium", "63 MB", "CC0-1.0", "voicecoach voices get de"],
        ["British English", "Emma", "kokoro", "kokoro:bf_emma", "63 MB", "Apache-2.0", "voicecoach voices get en-gb"],
        ["American English", "Jo", "fake", "fake:jo", "-", "-", "ready, the default for en"],
        ["American English", "Heart", "hibari", "hibari:heart", "14 MB", "Apache-2.0", "voicecoach voices get en"],
        ["Spanish", "Dora", "kokoro", "kokoro:ef_dora", "63 MB", "Apache-2.0", "voicecoach voices get es"],
        ["French", "Siwis", "kokoro", "kokoro:ff_siwis", "63 MB", "Apache-2.0", "voicecoach voices get fr"],
        ["Italian", "Ivo", "fake", "fake:ivo", "-", "-", "ready"],
        ["-", "Whoever", "fake", "fake:mute", "-", "-", "ready"],
    ]
    get = "voicecoach voices get LANGUAGE"
    assert advice == f"Hear them: voicecoach voices try. Get one: {get}. List all: voicecoach voices --all.\n"


def test_programs_learn_what_is_recommended_and_how_to_get_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, "voices", "--json", "--language", "es"))["voices"]
    assert [each for each in found if each["recommended"]] == [
        {
            "id": "kokoro:ef_dora",
            "kind": "kokoro",
            "name": "Dora",
            "languages": ["es"],
            "ready": False,
            "hint": "voicecoach voices get es",
            "rank": 9,
            "megabytes": 63,
            "licence": "Apache-2.0",
            "recommended": True,
        }
    ]


def test_the_list_for_programs_has_all_there_is_to_know(capsys: pytest.CaptureFixture[str]) -> None:
    (first, *_) = json.loads(said(capsys, "voices", "--json", "--language", "it"))["voices"]
    assert first == {
        "id": "fake:ivo",
        "kind": "fake",
        "name": "Ivo",
        "languages": ["it"],
        "ready": True,
        "hint": "",
        "rank": 0,
        "megabytes": 0,
        "licence": "",
        "recommended": False,
    }


def test_a_language_without_a_voice_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    for more in ([], ["--all"], ["--json"]):
        assert run(["voices", "--language", "xx", *more]) == 2
        out, err = capsys.readouterr()
        assert (out, err) == ("", f"voicecoach: no voice here speaks 'xx'\n{sampling.MORE}\n")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ("-o x.mp3", "-o is about a sample\nadd --preview NAME, or leave -o out"),
        ("--rate 120", "--rate is about a sample"),
        ("--pitch 50 --json", "--pitch is about a sample"),
        ("--preview=", "the name after --preview is empty"),
        ("--language=", "the language is empty; write a code such as de"),
    ],
)
def test_what_a_list_can_not_heed_is_refused(args: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["voices", *args.split()]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err


def test_a_sample_is_the_first_words_of_a_routine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = json.loads(said(capsys, "voices", "--preview", "jo", "box-breathing", "--json"))
    assert made["path"] == "jo-preview.mp3"
    assert made["words"][0] == "Box breathing."
    shown = read_timeline(extract_timeline(tmp_path / "jo-preview.mp3"))
    assert shown.title == "jo: Box breathing"
    assert [each.text for each in shown.words] == made["words"]
    assert 5 < made["seconds"] < 25


@pytest.mark.parametrize(
    ("voice", "language", "told"),
    [
        ("jo", "en", ""),
        ("jutta", "de", ""),
        ("mute", "en", ""),
        ("ivo", "en", "voicecoach: the voice fake:ivo speaks it, and this routine is in the language en\n"),
    ],
)
def test_without_a_routine_a_voice_reads_its_own_language(
    voice: str, language: str, told: str, asked: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["voices", "--preview", voice, "--json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out)["language"], err) == (language, told)
    assert asked[-1].language == language


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("--preview jo -o mine.m4a", "mine.m4a"),
        ("--preview jo box-breathing -o mine.mp3", "mine.mp3"),
        ("-o there --preview fake:jo", "there/fake-jo-preview.mp3"),
        ("--preview fake:../jo", "fake-..-jo-preview.mp3"),
    ],
)
def test_the_file_of_a_sample(line: str, path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "there").mkdir()
    assert said(capsys, "voices", *line.split()).split()[0] == path
    assert (tmp_path / path).stat().st_size > 10_000


def test_rate_and_pitch_reach_the_voice(asked: list[Settings], capsys: pytest.CaptureFixture[str]) -> None:
    config.file().write_text('rate = 110\n[commands.mine]\nrun = ["flite"]\n')
    said(capsys, "voices", "--preview", "jo", "--pitch", "0")
    assert (asked[-1].rate, asked[-1].pitch, asked[-1].commands) == (110, 0, {"mine": {"run": ["flite"]}})


@pytest.mark.parametrize(
    ("line", "status", "expected"),
    [
        ("--preview nope", 2, "no voice is called 'nope'"),
        ("--preview bo", 1, "the voice fake:bo is not ready\ninstall it"),
        ("--preview jo box-breathin", 2, "no routine is called 'box-breathin'; did you mean 'box-breathing'"),
        ("--preview jo -o a.txt", 2, "a.txt: there is no such folder, and a file's name ends in .mp3"),
        ("--preview jo --pitch 101", 2, "Invalid value for '--pitch': '101' is not a whole number from 0 to 100"),
        ("box-breathing", 2, "No such command 'box-breathing'"),
        ("--preview jo a b", 2, "Got unexpected extra argument (b)"),
        ("install", 2, "Missing argument 'LANGUAGE|NAME'"),
    ],
)
def test_impossible_choices_are_reported(
    line: str, status: int, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, err = failed(capsys, "voices", *line.split())
    assert (found, err[: len(expected)]) == (status, expected)
    assert not list(tmp_path.glob("*.mp3"))


def test_on_a_terminal_a_sample_is_played_if_anything_can(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played: list[list[str]] = []
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr(player, "play", lambda arguments, *_: played.append(arguments))
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}" if name == "mpg123" else None)
    said(capsys, "voices", "--preview", "jo")
    assert played == [["/bin/mpg123", "-q", str(Path.cwd() / "jo-preview.mp3")]]
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert "jo-preview.mp3" in said(capsys, "voices", "--preview", "jo")


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What `make` and `plan` ask for; nothing is made."""
    found: list[Request] = []

    def stop(request: Request, *_: Any, **_options: Any) -> None:  # noqa: ANN401 - whatever they take
        found.append(request)
        raise EncodeError("stopped here")

    monkeypatch.setattr(session, "make", stop)
    monkeypatch.setattr(session, "plan", stop)
    monkeypatch.setattr("voicecoach.app.review.review", stop)
    return found


@pytest.mark.parametrize(
    ("line", "pitch"), [("make --pitch 40", 40), ("plan --pitch 0", 0), ("check box-breathing", None)]
)
def test_pitch_and_the_commands_of_the_settings_are_in_the_request(
    line: str, pitch: int | None, requests: list[Request]
) -> None:
    config.file().write_text('[commands.flite]\nrun = ["flite", "-o", "{out}"]\n[make]\nrate = 120\n')
    assert run(line.split()) == 1
    assert (requests[0].pitch, requests[0].commands) == (pitch, {"flite": {"run": ["flite", "-o", "{out}"]}})


def test_commands_that_are_no_table_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    config.file().write_text('commands = "flite"\n')
    status, err = failed(capsys, "make")
    assert status == 2
    assert err.endswith("'commands' holds commands that speak; write them as tables, [commands.NAME]\n")
