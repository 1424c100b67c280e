"""The API with real sound: the same files as the command, streams, many threads, and nothing left behind."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import voicecoach as vc
from tests.spoken import VOICE
from voicecoach.app import speaker
from voicecoach.app.cli.entry import run
from voicecoach.app.speaker import Speaker
from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_BYTES
from voicecoach.system import process
from voicecoach.testing import FakeVoice
from voicecoach.views import cover
from voicecoach.views.cover import draw_cover
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.core.timeline import Timeline

TEXT = """title: Legs
breath: 2-3
sides: {left: {leg: left leg}, right: {leg: right leg}}
steps:
  - say: Sit down.
  - each side:
      rounds: 1
      steps: [{say: "Stretch your {leg}."}, {breathe: 1, in: In, out: And out}]
closing: Rest.
"""
FORMATS = ("mp3", "m4a", "opus", "flac", "wav")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("api")
    (made / "legs.yaml").write_text(TEXT, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def studio(folder: Path) -> Iterator[vc.Studio]:
    with vc.Studio(voice=FakeVoice(), cache=folder / "cache") as made:
        yield made


@pytest.fixture(scope="module")
def session(studio: vc.Studio, folder: Path) -> vc.Session:
    return studio.plan(folder / "legs.yaml")


def find_children() -> set[int]:
    """Return the processes that this one has started, if the system tells."""
    me = str(os.getpid())
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if parent == me and state != "Z":
                found.add(int(stat.parent.name))
    return found


def left_over() -> tuple[set[str], set[str], set[object]]:
    """The threads that run, our folders in the system's place for temporary ones, and the child processes."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(20)
    threads = {each.name for each in threading.enumerate()}
    kept = {name for name in os.listdir(tempfile.gettempdir()) if name.startswith("voicecoach-")}  # noqa: PTH208
    return threads, kept, set(process._running)  # noqa: SLF001 - the only list of them


@pytest.fixture(autouse=True)
def nothing_left(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))
    before, running = left_over(), find_children()
    yield
    assert find_children() <= running
    threads, kept, children = left_over()
    assert threads <= before[0]
    assert kept <= before[1]
    assert children == set()


def decoded(sound: bytes) -> int:
    """The samples that ffmpeg hears in a file."""
    args = ["-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", "48000", "pipe:1"]
    return len(ffmpeg.run(args, what="decoding", data=sound).stdout) // SAMPLE_BYTES


def test_a_file_is_the_same_as_the_commands_to_the_byte(
    session: vc.Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = folder / "cache"
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(CachedVoice(FakeVoice(), cache), "fake"))
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: cache)
    monkeypatch.chdir(folder)
    common = ["--captions", "vtt,srt", "--chapters-json"]
    for name, arguments in (("a", []), ("b", ["--breath", "3-4", "--title", "Evening", "--rounds", "2"])):
        assert run(["make", str(folder / "legs.yaml"), "-o", f"{name}.mp3", "--quiet", *common, *arguments]) == 0
        other = session.at(breath="3-4", title="Evening", rounds=2) if arguments else session
        made = other.write(tmp_path / f"{name}.mp3", captions=["vtt", "srt"], chapters_json=True)
        assert len(made.paths) == 4
        for path in made.paths:
            assert path.read_bytes() == (folder / path.name).read_bytes(), path.name
    panned = ["-o", "sides/", "--tracks", "sides", "--pan", "--preview", "9s", "--quiet"]
    assert run(["make", str(folder / "legs.yaml"), *panned]) == 0
    sides = session.at(preview=9).write_sides(tmp_path / "sides", pan=True)
    assert [track.path.name for track in sides.tracks] == ["legs preview-left.mp3", "legs preview-right.mp3"]
    assert sides.tracks[0].duration == sides.tracks[1].duration
    for track in sides.tracks:
        assert track.path.read_bytes() == (folder / "sides" / track.path.name).read_bytes()


@pytest.mark.parametrize("form", FORMATS)
def test_a_stream_has_the_sound_of_the_session(session: vc.Session, form: str, tmp_path: Path) -> None:
    pieces = list(session.stream(form))  # type: ignore[arg-type] # it is one of them
    assert all(0 < len(piece) <= 65_536 for piece in pieces)
    sound = b"".join(pieces)
    samples = round(session.timeline.duration * 48_000)
    assert samples <= decoded(sound) <= samples + 4096
    if form == "mp3":
        assert session.write(tmp_path / "x.mp3").paths[0].read_bytes().endswith(sound)


@pytest.mark.parametrize("options", [{}, {"bed": "rain"}, {"pan": True}])
def test_a_stream_that_nobody_reads_on_ends_its_work(session: vc.Session, options: dict[str, str]) -> None:
    for form in ("mp3", "opus"):
        stream = session.at(side="left").stream(form, **options)  # type: ignore[arg-type] # they fit
        assert next(stream)
        del stream


def test_an_mp3_begins_before_its_words_are_encoded(
    studio: vc.Studio, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first three seconds are silent, and known; the words are encoded while they are played."""
    session = studio.plan(folder / "legs.yaml", rate=None, lead_in=3)
    next(session.stream("mp3"))  # the silence is encoded once

    def encode(*_: object) -> None:
        raise AssertionError("something was encoded")

    monkeypatch.setattr("voicecoach.audio.mp3.encode_passages", encode)
    stream = session.stream("mp3")
    begun: list[bytes] = []
    with pytest.raises(AssertionError, match="something was encoded"):
        begun.extend(stream)
    assert sum(map(len, begun)) >= 2.9 * 8_000


def test_what_fails_in_a_stream_is_raised_where_it_is_read(
    session: vc.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Iterator[bytes]:
        yield bytes(96_000)
        raise vc.VoiceError("it broke")

    monkeypatch.setattr("voicecoach.audio.render.mix_windows", fail)
    with pytest.raises(vc.VoiceError, match="it broke"):
        list(session.stream("opus"))


def test_a_write_that_is_cancelled_leaves_no_file(session: vc.Session, tmp_path: Path) -> None:
    class Cancelled(Exception):  # noqa: N818 - a program's own
        pass

    def cancel(stage: str, _done: int, _total: int) -> None:
        if stage == "checking":
            raise Cancelled

    for name in ("x.mp3", "x.opus"):
        with pytest.raises(Cancelled):
            session.write(tmp_path / name, captions="vtt", progress=cancel)
    with pytest.raises(Cancelled):
        session.write_sides(tmp_path / "new", progress=cancel)
    assert list(tmp_path.iterdir()) == []


def test_many_threads_get_the_same_as_one_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four threads plan, write and stream at once, in one studio. No thread has the cover yet, so all would draw it."""
    drawn: dict[tuple[str, str], bytes] = {}

    def draw_once(timeline: Timeline, title: str, side: str) -> bytes:
        if (title, side) not in drawn:
            drawn[title, side] = draw_cover(timeline, title, side)
        return drawn[title, side]

    monkeypatch.setattr(cover, "draw_cover", draw_once)

    def make(studio: vc.Studio, number: int, place: Path) -> tuple[bytes, ...]:
        session = studio.plan(vc.loads(TEXT), breath=f"1-{1 + number % 2}", lead_in=1)
        place.mkdir()
        written = session.write(place / "x.mp3", captions="vtt").paths
        streams = (b"".join(session.at(side="left").stream(form)) for form in ("mp3", "wav"))
        return (*(path.read_bytes() for path in written), *streams)

    for name in ("one", "many"):
        (tmp_path / name).mkdir()
    with vc.Studio(voice=FakeVoice(), cache=tmp_path / "one") as studio:
        alone = [make(studio, number, tmp_path / f"a{number}") for number in range(2)]
    with vc.Studio(voice=FakeVoice(), cache=tmp_path / "many") as studio, ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda number: make(studio, number, tmp_path / f"t{number}"), range(4)))
    assert together == [*alone, *alone]


@pytest.mark.parametrize("form", FORMATS)
def test_a_clip_is_a_file_of_its_own(session: vc.Session, form: str) -> None:
    clip = session.clip(session.timeline.cues[0])
    assert clip.samples <= decoded(clip.encode(form)) <= clip.samples + 4096
    assert clip.encode(form) == clip.encode(form)


def test_a_session_in_ten_lines_is_spoken_by_a_real_voice(kept: Path, tmp_path: Path) -> None:
    score = vc.seq(
        vc.say("Sit tall, with both feet on the floor."),
        vc.breathe(2, inhale="Breathe in | In", exhale="And slowly out | Out"),
        vc.chime("bell-end"),
    )
    with vc.Studio(voice=VOICE, cache=kept) as studio:
        session = studio.perform(score, breath="4-6", title="Calm")
        again = session.at(breath="5-7")
        (track,) = session.write(tmp_path / "calm.mp3", verify=True).tracks
    assert again.synthesised == 0
    assert track.duration == session.duration
    assert session.voice


# Voices that keep running


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process speaks one phrase; and Linux lists processes")
def test_a_studio_lets_its_voice_run_until_its_end(kept: Path, tmp_path: Path) -> None:
    words = vc.seq(*map(vc.say, ("Breathe in.", "Breathe out.", "Rest.")))
    with vc.Studio(voice=VOICE, cache=tmp_path / "new") as studio:
        assert studio.perform(vc.say("Sit down.")).synthesised == 1
        running = find_children()
        assert running
        together = studio.perform(words)
        assert together.synthesised == 3
        assert studio.perform(words, rate=150).synthesised == 3
        assert find_children() == running
        for pid in running:
            os.kill(pid, signal.SIGKILL)
        assert studio.perform(vc.say("Lie down.")).synthesised == 1
    assert not find_children() & running
    alone = vc.Studio(voice=VOICE, cache=kept).perform(words)
    assert not find_children() & running
    cues = alone.timeline.cues
    assert [alone.clip(cue).pcm for cue in cues] == [together.clip(cue).pcm for cue in cues]
