"""A routine is data: it reads nothing outside its folder, runs nothing, grows to no end, and steers no terminal.

What each reader and writer does with odd texts stands in its own tests; here are routines that mean harm, as a whole.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.amounts import choose_amount
from tests.fakes import FakeVoice, measure, perform
from tests.mutations import NAMES, chosen, spoilt_text
from voicecoach.app import config, speaker
from voicecoach.app.cli import run
from voicecoach.app.sidecars import SidecarTrack, make_extras
from voicecoach.app.speaker import Speaker
from voicecoach.audio.sounds import read_sound
from voicecoach.errors import ChoiceError, Problem, RoutineError, Where
from voicecoach.language import language
from voicecoach.routine.library import find_routine
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices
from voicecoach.system import cache, locks
from voicecoach.system.assets import find_asset
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "hunter2-and-nobody-else"  # noqa: S105 - what must not be read
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What a terminal might obey, or take for another line."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a routine's own folder in it, and a secret beside that; no settings, and a voice of tests."""
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "secret.yaml").write_text(f"title: {SECRET}\nsteps:\n  - say: {SECRET}\n", encoding="utf-8")
    shutil.copy(find_asset("tone-in.wav"), tmp_path / "secret.wav")
    monkeypatch.chdir(own)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(
        speaker, "find_speaker", lambda _request, _routine, folder: Speaker(CachedVoice(FakeVoice(), folder), "fake")
    )
    yield own
    assert not (own / "pwned").exists()


def written(folder: Path, **routine: object) -> Path:
    path = folder / "a.yaml"
    path.write_text(json.dumps({"title": "x", "steps": [{"say": "Hi"}], **routine}), encoding="utf-8")
    return path


def outside(folder: Path, ending: str) -> list[str]:
    """Ways to name a file that is not in a folder."""
    secret = folder.parent / f"secret.{ending}"
    (folder / f"file.{ending}").symlink_to(secret)
    (folder / "folder").symlink_to(folder.parent)
    (folder / f"round.{ending}").symlink_to(f"../own/../secret.{ending}")
    (folder / f"device.{ending}").symlink_to("/dev/zero")
    (folder / f"environment.{ending}").symlink_to("/proc/self/environ")
    os.mkfifo(folder / f"pipe.{ending}")
    return [
        *(str(secret), f"../secret.{ending}", f"./../secret.{ending}", f"folder/secret.{ending}", f"file.{ending}"),
        *(f"round.{ending}", f"device.{ending}", f"environment.{ending}", f"pipe.{ending}", "/proc/self/environ"),
        *("/dev/zero", "/dev/stdin", f"~/secret.{ending}", f"$HOME/secret.{ending}", "folder", ".", "..", "/"),
        *(f"C:\\secret.{ending}", f"..\\secret.{ending}", f"\\\\server\\share\\secret.{ending}", f"//h/s.{ending}"),
        *(f"file://{secret}", f"file:{secret}", f"http://127.0.0.1:9/secret.{ending}", "pipe:0", "data:audio/wav,x"),
        *(f"concat:{secret}|{secret}", f"subfile,,start,0,end,99,,:{secret}", f"secret.{ending}\0", "x" * 5_000),
    ]


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and devices as POSIX has them")
@pytest.mark.parametrize(("key", "ending"), [("include", "yaml"), ("sound", "wav")])
def test_no_file_outside_its_folder_can_be_named(home: Path, key: str, ending: str) -> None:
    for name in outside(home, ending):
        with pytest.raises(RoutineError) as caught:
            load_routine(str(written(home, steps=[{key: name}])))
        assert SECRET not in str(caught.value), name
        assert len(caught.value.problems) == 1, name


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
@pytest.mark.parametrize(
    "name", ["concat:a.wav", "subfile,,a", "data:a", "pipe:0", "-y.wav", "%03d.wav", "a'b[c];d=#\\"]
)
def test_a_sound_whose_name_means_something_to_ffmpeg_is_a_file(home: Path, name: str) -> None:
    shutil.copy(find_asset("tone-out.wav"), home / name)
    (path,) = load_routine(str(written(home, steps=[{"sound": name}]))).sounds.values()
    assert read_sound(path).samples == read_sound("tone-out").samples


@pytest.mark.parametrize("key", ["voice", "command", "commands", "run", "engine", "bed", "output", "cover", "import"])
def test_it_names_no_command_no_voice_and_no_output(home: Path, key: str) -> None:
    with pytest.raises(RoutineError, match=f"the key '{key}' is not known here"):
        load_routine(str(written(home, **{key: "touch pwned"})))


@pytest.mark.parametrize("code", ["command:touch", "recorded:/", "piper:x", "../de", "en; touch pwned", "en\u0000"])
def test_its_language_is_no_voice(home: Path, code: str) -> None:
    with pytest.raises(RoutineError):
        load_routine(str(written(home, language=code)))


HARM = (
    *("$(touch pwned) `touch pwned` ; touch pwned | touch pwned & touch pwned", "%s %n %(x)s {0} %d%%", "--help -y"),
    *("a --> b", "#EXTINF:1,x", "#EXTM3U", "[00:00.01]x", "<script>x</script> &amp;", "WEBVTT", "NOTE x", "STYLE"),
    *("[CHAPTER] TIMEBASE=1/1 START=0 title=x", "a=b;c#d\\e[f]:g'h", "{\\an8}", "=cmd('x')", "../../x", "file:x"),
)
"""Words that mean something to a shell, a format, a filter or another file's reader."""


def harmful(folder: Path) -> Path:
    title = " ".join(HARM[:3])
    steps = [{"say": text.replace("|", "/").replace("{", "(").replace("}", ")")} for text in HARM]
    return written(folder, title=title.replace("{", "(").replace("}", ")").replace("|", "/"), steps=steps)


def test_what_it_says_is_words_and_nothing_else(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    harmful(home)
    assert run(["plan", "a.yaml", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert {cue["text"] for cue in plan["cues"]} >= {"a --> b", "#EXTINF:1,x", "[00:00.01]x", "NOTE x", "../../x"}
    for arguments in (["plan", "a.yaml"], ["show", "a.yaml"], ["script", "a.yaml"], ["check", "a.yaml"]):
        assert run(arguments) == 0
    assert {path.name for path in home.iterdir()} == {"a.yaml"}


def test_what_goes_along_with_a_track_has_nothing_in_it_but_what_belongs_there(home: Path) -> None:
    routine = load_routine(str(harmful(home)))
    timeline = perform(build(routine, Choices()), measure, choose_pace(routine, Choices()))
    track = SidecarTrack(home / "a.mp3", routine.model.title, timeline, timeline.duration)
    made = make_extras(("vtt", "srt", "lrc", "playlist"), [track], track.title, language("en"), home / "a.mp3")
    vtt, srt, lrc, playlist = (each.content.decode() for each in made)
    for text in (vtt, srt):
        arrows = [line for line in text.splitlines() if "-->" in line]
        assert all(re.fullmatch(r"[\d:.,]+ --> [\d:.,]+", line) for line in arrows)
        assert len(arrows) >= len(HARM)
    assert all(line.count("[") == line.count("]") == 1 and line[0] == "[" for line in lrc.splitlines())
    lines = playlist.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["#EXTM3U", "#PLAYLIST", "#EXTINF", "a.mp3"]


ESCAPES = ("\x1b[2J", "\x9b2J", "\x1b]0;gotcha\x07", "\x7f", "\x85", "\u2028", "\ud800", "a\rb", "\x00", "\x08")


PLACES = ("title", "key", "name", "words", "language", "breath", "include", "setting", "anchor")


@pytest.mark.parametrize(
    ("place", "escape"),
    [(place, ESCAPES[(at + turn) % len(ESCAPES)]) for at, place in enumerate(PLACES) for turn in (0, 5)],
)
def test_nothing_in_it_steers_a_terminal(
    home: Path, place: str, escape: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"a{escape}b"
    spoilt: dict[str, dict[str, object]] = {
        "title": {"title": text},
        "key": {text: "x"},
        "name": {"steps": [{"name": text, "say": text}]},
        "words": {"steps": [{"say": f"{text} | {{{text}}}"}], "words": {text: text}},
        "language": {"language": text},
        "breath": {"breath": text},
        "include": {"steps": [{"include": text}]},
        "setting": {"parameters": {text: text}, "steps": [{"hold": f"{{{text}}} + {{b{escape}}}"}]},
        "anchor": {"sides": {"left": {text: "a"}, "right": {}}, "steps": [{"say": f"{{{text}}}"}]},
    }
    written(home, **spoilt[place])
    for arguments in (["check", "a.yaml"], ["plan", "a.yaml"], ["show", "a.yaml"], ["script", "a.yaml"]):
        status = run(arguments)
        out, err = capsys.readouterr()
        assert status in {0, 2}
        assert "Traceback" not in err
        assert "internal error" not in err
        assert not CONTROL.search(out + err), arguments


def test_the_name_of_a_file_steers_no_terminal_either() -> None:
    assert str(Problem(Where("a\x1b[2Jb\n.yaml", 1, 2), "wrong")) == r"a\x1b[2Jb\n.yaml:1:2: wrong"
    assert str(Where("señor.yaml", 1, 2)) == "señor.yaml:1:2"


def test_aliases_includes_and_rounds_together_are_bounded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicecoach.script.tally.MOST_STEPS", 2_000)
    block = "{repeat: {rounds: 1000, steps: [&s {breathe: 9999, in: In}, *s, *s]}}"
    (home / "b.yaml").write_text(f"title: b\nsteps: [&r {block}, *r, *r]\n", encoding="utf-8")
    (home / "a.yaml").write_text(f"title: a\nsteps: [&i {{include: b.yaml}}{', *i' * 150}]\n", encoding="utf-8")
    routine = load_routine("a.yaml")
    assert routine.exercises == 151
    with pytest.raises(RoutineError, match="more than 2,000; use fewer rounds or breaths"):
        build(routine, Choices())


def test_a_session_that_is_long_by_its_rounds_is_refused_before_it_is_performed(home: Path) -> None:
    path = written(home, steps=[{"repeat": {"rounds": 1000, "steps": [{"rest": "24h"}]}}, {"breathe": 1}])
    routine = load_routine(str(path))
    with pytest.raises(ChoiceError, match="more than 12 hours"):
        perform(build(routine, Choices()), measure, choose_pace(routine, Choices()))


@pytest.mark.skipif(os.name != "posix", reason="modes as POSIX has them")
def test_temporary_files_are_private_in_their_place_and_not_to_be_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = os.umask(0)
    try:
        with locks.hold_folder() as one, locks.hold_folder() as other:
            assert {one.parent, other.parent} == {tmp_path}
            assert stat.S_IMODE(one.stat().st_mode) == 0o700
            names = [re.sub(r"^voicecoach-|\.work$", "", each.name) for each in (one, other)]
            assert names[0] != names[1]
            assert all(len(name) >= 8 for name in names)
        cache.store(tmp_path / "cache" / "ab" / "x.clip", b"words")
        assert stat.S_IMODE((tmp_path / "cache" / "ab" / "x.clip").stat().st_mode) == 0o600
    finally:
        os.umask(before)
        monkeypatch.setattr(tempfile, "tempdir", None)
    assert not one.exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_text_that_was_spoilt_is_refused_in_plain_lines_or_performed(name: str, tmp_path: Path) -> None:
    """A few of them, the same each time, with choices that were drawn; `scripts/run fuzz` tries 100,000."""
    path = tmp_path / f"{name.partition('.')[0]}.yaml"
    for seed in range(choose_amount(2, 8)):
        path.write_bytes(spoilt_text(name, seed))
        choices, _ = chosen(name, seed)
        with suppress(RoutineError, ChoiceError):
            routine = load_routine(str(path))
            perform(build(routine, choices), measure, choose_pace(routine, choices))


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_a_pipe_or_a_device_is_no_routine(home: Path) -> None:
    os.mkfifo(home / "pipe.yaml")
    for name in ("pipe.yaml", "/dev/zero", "/dev/stdin"):
        with suppress(ChoiceError):
            assert stat.S_ISREG(find_routine(name).stat().st_mode), "what is found is a file"
