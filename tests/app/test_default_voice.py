"""The voice that the program chooses: if it does not start, the system's speaks the whole session, and says so."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import TYPE_CHECKING

import pytest

import voicecoach as vc
from tests.fakes import FakeKind, FakeVoice, NamedVoice
from voicecoach.app import config
from voicecoach.app.cli import run
from voicecoach.audio.tagging import extract_timeline
from voicecoach.errors import VoiceError
from voicecoach.voices import finding, packages
from voicecoach.voices.catalogue import SYSTEM
from voicecoach.voices.port import VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.port import Settings, Voice

HEART = VoiceInfo("fine:heart", "fine", "Heart", ("en-us",), rank=10)
PLAIN = VoiceInfo("xx/en", "system", "English", ("en-us",))
BROKEN = "the model of fine:heart is damaged\ninstall it again"
NOTE = (
    "the system's voice speaks, because the best one does not start; the model of fine:heart is damaged; "
    "install it again"
)
ROUTINE = "title: Calm\nsteps:\n  - say: Sit down.\n  - breathe: 2\n    in: In\n    out: Out\n"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class FineVoice(FakeVoice):
    """A natural voice that can be broken: at all words, or at some; it counts how often it is started."""

    identity = "fine"

    def __init__(self, kind: FineKind) -> None:
        super().__init__()
        self.kind = kind

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        self.kind.starts += 1
        if self.kind.broken:
            raise VoiceError(BROKEN)
        for wording, clip in zip(wordings, super().speak(wordings), strict=True):
            if wording in self.kind.unspeakable:
                raise VoiceError(f"the voice has no sounds for {wording!r}\nwrite other words")
            yield clip


class FineKind(FakeKind):
    """The kind of that voice."""

    broken = missing = False
    unspeakable: tuple[str, ...] = ()
    starts = 0

    def find_voice(self, _name: str, _settings: Settings) -> NamedVoice:
        if self.missing:
            raise VoiceError(BROKEN)
        return FineVoice(self)  # type: ignore[return-value] # any voice does


class PlainSystem(finding.System):
    """A system with one voice, or without speech."""

    silent = False

    def list_voices(self, _settings: Settings) -> Sequence[VoiceInfo]:
        return [PLAIN]

    def open(self, name: str, settings: Settings) -> tuple[Voice, VoiceInfo]:
        if self.silent:
            raise VoiceError("no speech library is installed\ninstall espeak-ng")
        return NamedVoice(name, settings), PLAIN


@pytest.fixture
def fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FineKind:
    """A computer with a natural voice for English, and the system's."""
    kind, system = FineKind("fine", (HEART,)), PlainSystem()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(finding, "_SYSTEM", system)
    monkeypatch.setattr(finding, "list_kinds", lambda: {SYSTEM: system, "fine": kind})
    (tmp_path / "calm.yaml").write_text(ROUTINE)
    return kind


def say(capsys: pytest.CaptureFixture[str], line: str) -> tuple[int, str, str]:
    """Run a command; return its status, and what it printed on both streams."""
    status = run(line.split())
    return status, *capsys.readouterr()


@pytest.mark.parametrize("line", ["plan calm.yaml --json", "plan calm.yaml --json --voice auto"])
def test_the_best_voice_speaks_without_a_word_about_it(
    line: str, fine: FineKind, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = say(capsys, line)
    assert (status, json.loads(out)["voice"], err) == (0, "fine:heart", "")
    assert fine.starts == 1


@pytest.mark.parametrize("fault", ["broken", "missing"])
@pytest.mark.parametrize("line", ["plan calm.yaml --json", "plan calm.yaml --json --voice auto"])
def test_if_it_does_not_start_the_systems_voice_speaks_and_one_line_says_so(
    line: str, fault: str, fine: FineKind, capsys: pytest.CaptureFixture[str]
) -> None:
    setattr(fine, fault, True)
    status, out, err = say(capsys, line)
    assert (status, json.loads(out)["voice"], err) == (0, "xx/en", f"voicecoach: {NOTE}\n")


def test_a_reason_without_a_remedy_gets_one(
    fine: FineKind, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fine.missing = True
    monkeypatch.setattr(sys.modules[__name__], "BROKEN", "the model can't be read: no such file")
    told = NOTE.replace("the model of fine:heart is damaged; install it again", "the model can't be read: no such file")
    assert say(capsys, "plan calm.yaml --json")[2] == f"voicecoach: {told}; 'voicecoach doctor' looks for the cause\n"


def test_words_of_before_are_not_mixed_with_those_of_another_voice(
    fine: FineKind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The best voice spoke this routine once. It is broken now, and the routine has a new sentence."""
    assert say(capsys, "plan calm.yaml --json")[0] == 0
    fine.broken = True
    status, out, err = say(capsys, "plan calm.yaml --json")
    assert (status, json.loads(out)["voice"], err) == (0, "fine:heart", "")  # all is known: the voice is not started
    assert fine.starts == 1
    (tmp_path / "calm.yaml").write_text(ROUTINE.replace("down", "up tall"))
    status, out, err = say(capsys, "make calm.yaml --json")
    assert (status, err) == (0, f"voicecoach: {NOTE}\n")
    assert (json.loads(out)["synthesised"], json.loads(out)["reused"]) == (5, 0)
    assert json.loads(extract_timeline(tmp_path / "calm.mp3"))["voice"] == "xx/en"


@pytest.mark.parametrize("fault", ["broken", "missing"])
@pytest.mark.parametrize("voice", ["fine:heart", "heart", "fine", "en"])
def test_a_voice_that_is_named_speaks_or_fails(
    voice: str, fault: str, fine: FineKind, capsys: pytest.CaptureFixture[str]
) -> None:
    setattr(fine, fault, True)
    assert say(capsys, f"make calm.yaml --voice {voice}") == (1, "", f"voicecoach: {BROKEN}\n")


def test_a_voice_in_the_settings_is_named_and_auto_there_is_not(
    fine: FineKind, capsys: pytest.CaptureFixture[str]
) -> None:
    fine.broken = True
    config.file().write_text('voice = "heart"\n')
    assert say(capsys, "plan calm.yaml --json")[0] == 1
    assert json.loads(say(capsys, "plan calm.yaml --json --voice auto")[1])["voice"] == "xx/en"
    config.file().write_text('voice = "auto"\n')
    assert json.loads(say(capsys, "plan calm.yaml --json")[1])["voice"] == "xx/en"


def test_words_that_a_voice_cannot_speak_are_an_error_and_not_a_reason_for_another_voice(
    fine: FineKind, capsys: pytest.CaptureFixture[str]
) -> None:
    fine.unspeakable = ("Sit down.",)
    status, out, err = say(capsys, "plan calm.yaml")
    assert (status, out, err) == (1, "", "voicecoach: the voice has no sounds for 'Sit down.'\nwrite other words\n")


def test_without_a_voice_of_the_system_the_first_error_counts(
    fine: FineKind, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fine.broken = True
    monkeypatch.setattr(PlainSystem, "silent", True)
    assert say(capsys, "make calm.yaml") == (1, "", f"voicecoach: {BROKEN}\n")


def test_check_and_samples_use_the_same_voice(
    fine: FineKind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fine.broken = True
    status, _, err = say(capsys, "check calm.yaml calm.yaml")
    assert (status, err.splitlines().count(f"voicecoach: {NOTE}")) == (0, 1)
    status, _, err = say(capsys, "voices --preview auto calm.yaml -o x.mp3")
    assert (status, err) == (0, f"voicecoach: {NOTE}\n")
    assert json.loads(extract_timeline(tmp_path / "x.mp3"))["voice"] == "xx/en"


def test_programs_get_the_same_voice_and_clips_of_another_are_not_mixed_in(fine: FineKind, tmp_path: Path) -> None:
    with vc.Studio(cache=tmp_path / "own") as studio:
        assert studio.plan("calm.yaml", voice="auto").to_json()["voice"] == "fine:heart"
    fine.broken = True
    with vc.Studio(cache=tmp_path / "other", voice="auto") as studio:
        session = studio.plan("calm.yaml")
        assert (session.to_json()["voice"], session.warnings[0]) == ("xx/en", NOTE)
        fine.broken = False
        again = session.at(breath="5-7")
        assert (again.to_json()["voice"], again.synthesised) == ("fine:heart", session.synthesised)
    fine.broken = True
    with vc.Studio(cache=tmp_path / "third") as studio, pytest.raises(VoiceError, match="damaged"):
        studio.plan("calm.yaml", voice="heart")


def announce(line: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run a command on a terminal; return the lines about the session that stay on it."""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(line.split()) == 0
    return re.findall(r"(?:Calm, about|Voice:).*(?=\n)", shown.getvalue())


@pytest.mark.parametrize("command", ["make", "plan"])
def test_a_terminal_shows_once_which_voice_speaks_and_how_to_choose(
    command: str, fine: FineKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fine.voices == (HEART,)
    assert announce(f"{command} calm.yaml", monkeypatch) == [
        "Calm, about 1 min, breath in 4 s out 6 s",
        "Voice: Heart (fine), American English; choose another with --voice, hear them with 'voicecoach voices try'",
    ]


@pytest.mark.usefixtures("fine")
def test_a_voice_that_was_chosen_is_only_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert announce("make calm.yaml --voice heart", monkeypatch) == [
        "Calm, about 1 min, breath in 4 s out 6 s, voice: Heart"
    ]


@pytest.mark.parametrize(
    ("wheels", "told"),
    [
        (True, "for a natural one, './voicecoach voices get en'"),
        (False, "ONNX runtime, which natural voices need, has no package for this computer"),
    ],
)
def test_where_the_systems_voice_is_the_best_it_says_how_to_get_a_natural_one(
    *, wheels: bool, told: str, fine: FineKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(fine), "list_voices", lambda *_: ())
    monkeypatch.setattr(packages, "has_wheels", lambda: wheels)
    monkeypatch.setenv("VOICECOACH_COMMAND", "./voicecoach")
    assert announce("plan calm.yaml", monkeypatch)[1:] == [f"Voice: English (system); {told}"]


@pytest.mark.parametrize(
    ("system", "machine", "libc", "mac", "expected"),
    [
        ("linux", "x86_64", ("glibc", "2.36"), "", True),
        ("linux", "aarch64", ("glibc", "2.28"), "", True),
        ("linux", "x86_64", ("glibc", "2.17"), "", False),
        ("linux", "x86_64", ("", ""), "", False),
        ("linux", "riscv64", ("glibc", "2.40"), "", False),
        ("darwin", "arm64", ("", ""), "14.5", True),
        ("darwin", "arm64", ("", ""), "13.0", False),
        ("darwin", "x86_64", ("", ""), "15.1", False),
        ("win32", "AMD64", ("", ""), "", True),
        ("freebsd14", "amd64", ("", ""), "", False),
    ],
)
def test_natural_voices_are_for_computers_that_onnx_runtime_has_packages_for(  # noqa: PLR0913 - a case
    *, system: str, machine: str, libc: tuple[str, str], mac: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr("platform.libc_ver", lambda: libc)
    monkeypatch.setattr("platform.mac_ver", lambda: (mac, ("", "", ""), ""))
    assert packages.has_wheels() is expected
