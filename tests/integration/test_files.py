"""Every kind of file with the real voice and the real encoders, measured in its decoded sound."""

from __future__ import annotations

import array
import math
import re
import wave
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mutagen
import pytest
import srt
import webvtt
from mutagen.id3 import ID3

from tests.amounts import choose_amount
from tests.spoken import VOICE
from voicecoach.app.cli import run
from voicecoach.app.request import Made, Request
from voicecoach.app.session import make
from voicecoach.audio import ffmpeg, loudness, tagging
from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.audio.fall import DECIBELS_A_STEP, GLIDE_STEPS
from voicecoach.audio.formats import FORMATS
from voicecoach.audio.mp3 import FrameFormat
from voicecoach.audio.pcm import audioop
from voicecoach.audio.settings import Sounding
from voicecoach.audio.verify import verify
from voicecoach.core.score import Side
from voicecoach.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from voicecoach.core.timeline import Cue

    Once = Callable[[object, Callable[[Path], Any]], Any]
    Render = Callable[..., Made]

BLOCK = SAMPLE_RATE // 200
ROUTINE = """\
title: Sitting leg stretch
language: en
breath: 2-5.5
sides: {left: {leg: left leg}, right: {leg: right leg}}
steps:
  - say: Sit on the floor, with your back tall.
    settle: 1s
  - each side:
      rounds: 1
      between: [{change: 3s, say: Change sides.}]
      steps:
        - say: Stretch your {leg}.
          settle: 0.5s
        - breathe: 2
          in: In
          out: Fold
closing: Rest.
"""
KINDS = [*((form, None) for form in FORMATS), *((form, "rain") for form in choose_amount(("mp3",), ("mp3", "opus")))]
SHORT, LONGER = Fraction(19), Fraction(30)
"""Seconds that most files here last: time to sit down, and a breath; and with all breaths of the first leg."""

AUDIBLE = {None: 300, "rain": 1000}
"""Sample values (-41 and -30 dBFS): above what encoders spread before a sound, and above the bed under speech."""

QUIET = {form: -48.0 if form == "opus" else -52.0 for form in FORMATS}
"""dBFS (RMS) that no 5 ms of a gap reach: the room tone is at -60 as a whole, and Opus spreads a sound furthest."""


@dataclass(frozen=True)
class Heard:
    """What comes out of a file, decoded: its channels, and the samples of all of them."""

    channels: int
    pcm: bytes

    @property
    def samples(self) -> int:
        return len(self.pcm) // 2 // self.channels

    def channel(self, number: int) -> bytes:
        if self.channels == 1:
            return self.pcm
        return audioop.tomono(self.pcm, 2, 1 - number, number)

    def mono(self) -> bytes:
        return self.pcm if self.channels == 1 else audioop.tomono(self.pcm, 2, 0.5, 0.5)


@cache
def heard(path: Path) -> Heard:
    """Decode a file strictly."""
    said = listing(path)
    channels = 2 if "stereo" in said else 1
    args = ["-err_detect", "explode", "-i", ffmpeg.quote_path(path), "-map", "0:a:0", "-f", "s16le", "pipe:1"]
    done = ffmpeg.run(args, what="decoding")
    assert done.stderr == ""
    return Heard(channels, done.stdout)


@cache
def listing(path: Path) -> str:
    """What ffmpeg says a file is."""
    args = ["-i", ffmpeg.quote_path(path), "-map", "0:a:0", "-t", "0", "-f", "null", "-"]
    return ffmpeg.run(args, what="listing", loglevel="info").stderr.split("Output #0")[0]


def decibels(pcm: bytes) -> float:
    """The level of samples in dBFS (RMS)."""
    return 20 * math.log10(max(audioop.rms(pcm, 2), 0.1) / 32_768)


def cut(pcm: bytes, start: float, end: float) -> bytes:
    return pcm[2 * round(start * SAMPLE_RATE) : 2 * round(end * SAMPLE_RATE)]


def onset(pcm: bytes, start: float, audible: int) -> float:
    """How many seconds after ``start`` sound begins, looked for from 100 ms before it; to 5 ms."""
    first = max(0, round((start - 0.1) * 200))
    for block in range(first, len(pcm) // (2 * BLOCK)):
        if audioop.max(pcm[2 * BLOCK * block : 2 * BLOCK * (block + 1)], 2) > audible:
            return block / 200 - start
    return math.inf


def gaps(made: Made) -> list[tuple[float, float]]:
    """Where nobody speaks in a track, and nothing rings: from 50 ms after a cue to 50 ms before the next."""
    timeline = made.files[0][0].timeline
    ends = [0.0, *(float(cue.end) for cue in timeline.cues)]
    starts = [*(float(cue.start) for cue in timeline.cues), float(timeline.duration)]
    spans = ((end + 0.05, start - 0.05) for end, start in zip(ends, starts, strict=True))
    return [(start, end) for start, end in spans if end > start]


def path_of(made: Made) -> Path:
    return made.files[0][1].path


@pytest.fixture(scope="module")
def routine(once: Once) -> str:
    def write(folder: Path) -> str:
        (folder / "seated.yaml").write_text(ROUTINE, encoding="utf-8")
        return str(folder / "seated.yaml")

    path: str = once("routine", write)
    return path


@pytest.fixture(scope="module")
def render(once: Once, kept: Path, routine: str) -> Render:
    """Make a session of one round as it is asked for, once in all of these tests."""
    known: dict[object, Made] = {}

    def rendered(form: str = "mp3", bed: str | None = None, **more: Any) -> Made:  # noqa: ANN401 - what a request and its sound take
        key = ("file", form, bed, *sorted(more.items()))
        if key not in known:
            preview = more.pop("preview", SHORT)
            asked = {name: more.pop(name) for name in ("split", "fall", "extras", "title") if name in more}
            sounding = Sounding(FORMATS[form], bed=bed, **more)
            request = Request(routine, preview=preview, voice=VOICE, sounding=sounding, **asked)
            known[key] = once(key, lambda folder: make(request, folder, kept, lambda *_: None))
        return known[key]

    return rendered


@pytest.fixture
def status(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a command in a folder of its own, with the speech that is kept already."""
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: kept)
    monkeypatch.chdir(tmp_path)
    return lambda *args: run(list(args))


# Every format, with a bed and without


@pytest.mark.parametrize(("form", "bed"), KINDS)
def test_a_file_lasts_as_long_as_its_plan_to_the_sample(form: str, bed: str | None, render: Render) -> None:
    """All formats can say how much of their first and last frames is heard, and ffmpeg listens."""
    made = render(form, bed)
    sound = heard(path_of(made))
    assert sound.samples == made.files[0][0].timeline.duration * SAMPLE_RATE == made.files[0][1].samples
    assert sound.channels == (2 if bed else 1)


@pytest.mark.parametrize(("form", "bed"), KINDS)
def test_a_file_is_as_loud_as_podcasts_are(form: str, bed: str | None, render: Render) -> None:
    made = render(form, bed)
    measured, told = loudness.measure_file(path_of(made)), made.files[0][2]
    assert measured.integrated == pytest.approx(-16 if bed else -19, abs=1)
    assert measured.true_peak <= -1
    assert told.integrated == pytest.approx(measured.integrated, abs=0.2)
    assert told.true_peak == pytest.approx(measured.true_peak, abs=0.3)


@pytest.mark.parametrize(("form", "bed"), KINDS)
def test_each_cue_is_heard_within_30_ms_of_its_plan(form: str, bed: str | None, render: Render) -> None:
    """No format needs more: what AAC and Opus spread before a sound stays under `AUDIBLE`."""
    made = render(form, bed)
    pcm = heard(path_of(made)).mono()
    cues = [cue for cue in made.files[0][0].timeline.cues if cue.track == "voice"]
    late = [onset(pcm, float(cue.start), AUDIBLE[bed]) for cue in cues]
    assert len(cues) == 6
    assert max(map(abs, late)) <= 0.030, late


@pytest.mark.parametrize("form", FORMATS)
def test_gaps_are_as_quiet_as_the_room_tone(form: str, render: Render) -> None:
    made = render(form)
    pcm = heard(path_of(made)).mono()
    for start, end in gaps(made):
        levels = [decibels(cut(pcm, at / 200, (at + 1) / 200)) for at in range(round(start * 200), round(end * 200))]
        assert max(levels, default=-60) < QUIET[form], start
        assert end - start < 1 or decibels(cut(pcm, start, end)) == pytest.approx(-60, abs=2)


def test_without_a_room_tone_gaps_are_digital_silence(render: Render) -> None:
    made = render("flac", room_tone=False, preview=None)
    pcm = heard(path_of(made)).pcm
    assert all(audioop.max(cut(pcm, start, end), 2) == 0 for start, end in gaps(made))


# What lies under the speech


@pytest.fixture(scope="module")
def steady(once: Once) -> Path:
    """Two tones, one for each ear, that last longer than a short session: what becomes of them is told exactly."""

    def write(folder: Path) -> Path:
        turn = 2 * math.pi / 8000
        second = [round(6000 * math.sin(turn * (550 if k % 2 else 400) * (k // 2))) for k in range(16_000)]
        with wave.open(str(folder / "steady.wav"), "wb") as file:
            file.setparams((2, 2, 8000, 0, "NONE", ""))
            file.writeframes(array.array("h", second).tobytes() * 62)
        return folder / "steady.wav"

    path: Path = once("bed", write)
    return path


@pytest.fixture(scope="module")
def alone(steady: Path, render: Render) -> Heard:
    """The bed of a session without the session: the speech and its room tone are taken away again."""
    mixed, plain = (heard(path_of(render("flac", bed, preview=LONGER))) for bed in (str(steady), None))
    return Heard(2, audioop.add(mixed.pcm, audioop.mul(audioop.tostereo(plain.pcm, 2, 1, 1), 2, -1), 2))


def test_a_bed_lies_at_least_20_lu_under_the_speech(alone: Heard, render: Render, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "alone.wav"), "wb") as file:
        file.setparams((2, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(alone.pcm)
    under, speech = (
        loudness.measure_file(path) for path in (tmp_path / "alone.wav", path_of(render("flac", preview=LONGER)))
    )
    assert under.integrated is not None
    assert speech.integrated is not None
    assert under.integrated <= speech.integrated + 3 - 20  # it measures 3 more in two channels


def test_a_bed_is_lowered_by_6_db_while_somebody_speaks(alone: Heard, render: Render) -> None:
    made = render("flac", preview=LONGER)
    left = alone.channel(0)
    spoken = [
        (float(cue.start), float(cue.end))
        for cue in made.files[0][0].timeline.cues
        if cue.start > 5 and cue.end < LONGER - 5
    ]
    free = [(start + 3, end - 1) for start, end in gaps(made) if end - start > 4.5 and 5 < start < LONGER - 9]
    assert len(spoken) > 4
    assert len(free) > 1
    low = [decibels(cut(left, *span)) for span in spoken]
    high = [decibels(cut(left, *span)) for span in free]
    assert max(low) - min(low) < 0.5
    assert max(high) - min(high) < 0.5
    assert min(high) - max(low) == pytest.approx(6, abs=0.5)


def test_a_bed_is_faded_in_and_out(alone: Heard) -> None:
    left, end = alone.channel(0), float(LONGER)
    full = decibels(cut(left, 0, end))
    for edge in ([0.0, 0.05], [end - 0.05, end]):
        assert decibels(cut(left, *edge)) < full - 25
    comes = [decibels(cut(left, at, at + 0.1)) for at in (0.2, 0.6, 1.2, 2.2)]
    goes = [decibels(cut(left, end - at - 0.1, end - at)) for at in (0.2, 0.6, 1.2)]
    assert comes == sorted(comes)
    assert goes == sorted(goes)


def test_a_bed_stays_in_stereo(alone: Heard) -> None:
    for number, pitch in ((0, 400), (1, 550)):
        crossings = audioop.cross(cut(alone.channel(number), 5, 25), 2)
        assert crossings / 40 == pytest.approx(pitch, rel=0.01)


# The room tone, and players that cut silence out

SOUNDS = Path(__file__).parents[2] / "docs" / "sounds.md"
HEARD = 19
"""Seconds of a file that are trimmed: they hold a short gap and a long one."""

CUT = [(detection, level) for detection in ("rms", "peak") for level in (-50, -55, -60, -65, -70)]


def documented(room_tone: str) -> set[tuple[str, int]]:
    """The trimmers that docs/sounds.md says leave a file whole."""
    row = rf"^\| `{room_tone}`, (RMS|peaks) \| (.*) \|$"
    rows = re.findall(row, SOUNDS.read_text(encoding="utf-8"), re.MULTILINE)
    said = [(how, levels.split(" | ")) for how, levels in rows]
    levels = sorted({level for _, level in CUT}, reverse=True)
    named = {"RMS": "rms", "peaks": "peak"}
    return {(named[how], at) for how, told in said for at, word in zip(levels, told, strict=True) if word == "whole"}


def trimmed(path: Path, folder: Path) -> dict[tuple[str, int], float]:
    """The part of a file that is left when silences longer than a second are cut out, by what counts as silence."""
    args = ["-t", f"{HEARD}", "-i", ffmpeg.quote_path(path)]
    for detection, level in CUT:
        graph = f"silenceremove=stop_periods=-1:stop_duration=1:stop_threshold={level}dB:detection={detection}"
        args += ["-af", graph, "-f", "s16le", str(folder / f"{detection}{level}")]
    ffmpeg.run(args, what="trimming")
    whole = 2 * HEARD * SAMPLE_RATE
    return {(how, level): (folder / f"{how}{level}").stat().st_size / whole for how, level in CUT}


@pytest.mark.parametrize("form", ["mp3", "opus"])
def test_a_room_tone_survives_trimmers_that_take_60_db_for_silence(form: str, render: Render, tmp_path: Path) -> None:
    """It can't stop a trimmer that takes an RMS of -55 dBFS for silence."""
    left = trimmed(path_of(render(form)), tmp_path)
    survived = {case for case, part in left.items() if part > 0.999}
    assert documented("faint") <= survived <= {*documented("faint"), ("peak", -50)}, left


def test_without_a_room_tone_trimmers_spoil_the_timing(render: Render, tmp_path: Path) -> None:
    """What ffmpeg reckons as the RMS of silence after a sound fades away for long, so low levels are no contrast."""
    left = trimmed(path_of(render("flac", room_tone=False, preview=None)), tmp_path)
    cut = {case for case, part in left.items() if part < 0.9}
    assert cut >= {("peak", level) for how, level in left if how == "peak"} | {("rms", -50), ("rms", -55)}, left
    assert not documented("none") & cut


# What files say about themselves


@pytest.mark.parametrize("form", ["mp3", "opus", "flac", "m4a"])
def test_players_list_the_chapters(form: str, render: Render) -> None:
    made = render(form)
    timeline, said = made.files[0][0].timeline, listing(path_of(made))
    starts = [float(start) for start in re.findall(r"Chapter #0:\d+: start ([\d.]+)", said)]
    assert starts == pytest.approx([float(chapter.start) for chapter in timeline.chapters], abs=0.001)
    titles = re.findall(r"Chapter #.*\n +Metadata:\n +title +: (.*)", said)
    assert titles == [chapter.title for chapter in timeline.chapters]


def test_a_wav_says_that_its_chapters_are_seen_by_few(render: Render) -> None:
    told = [line for line in render("wav").session.warnings if "chapters" in line]
    assert told == ["few players show chapters in wav files; most show them in mp3, m4a, opus and flac"]
    assert not any("chapters" in line for form in ("mp3", "flac") for line in render(form).session.warnings)


@pytest.mark.parametrize("form", FORMATS)
def test_title_cover_and_timeline_are_in_every_format(form: str, render: Render) -> None:
    file: Any = mutagen.File(path_of(render(form)))
    tags = file.tags
    title = tags[{"mp3": "TIT2", "wav": "TIT2", "m4a": "\xa9nam"}.get(form, "TITLE")]
    assert str(title[0] if isinstance(title, list) else title) == "Sitting leg stretch"
    if form == "opus":
        from base64 import b64decode

        from mutagen.flac import Picture

        cover = Picture(b64decode(tags["METADATA_BLOCK_PICTURE"][0])).data
    elif form == "flac":
        cover = file.pictures[0].data
    else:
        cover = bytes(tags["covr"][0]) if form == "m4a" else tags.getall("APIC")[0].data
    assert cover.startswith(b"\x89PNG")
    assert b'"voicecoach-timeline/2"' in tagging.extract_timeline(path_of(render(form)))


@pytest.mark.parametrize("form", ["mp3", "wav"])
def test_lyrics_in_step_are_in_files_with_id3(form: str, render: Render) -> None:
    made = render(form)
    tags: Any = mutagen.File(path_of(made)).tags
    (synced,) = tags.getall("SYLT")
    cues = [cue for cue in made.files[0][0].timeline.cues if cue.track == "voice"]
    assert [(text.strip(), at) for text, at in synced.text if text.strip()] == [
        (cue.text, round(cue.start * 1000)) for cue in cues
    ]


@pytest.mark.parametrize("form", ["mp3", "m4a", "opus", "wav"])
def test_a_title_of_ten_thousand_characters_works_in_every_kind_of_tags(form: str, render: Render) -> None:
    title = ("Breathe \N{PERSON IN LOTUS POSITION}\n" * 1000)[:10_000]
    made = render(form, title=title, preview=Fraction(4))
    tags: Any = mutagen.File(path_of(made)).tags
    told = str(tags[{"mp3": "TIT2", "wav": "TIT2", "m4a": "\xa9nam"}.get(form, "TITLE")])
    assert "\N{PERSON IN LOTUS POSITION} Breathe" in told
    assert heard(path_of(made)).samples == made.files[0][1].samples < 5 * SAMPLE_RATE
    assert verify(path_of(made)) == []


# Files beside it, and one for each leg

ALONG = ("vtt", "srt", "chapters_json", "playlist")


@pytest.fixture(scope="module")
def legs(render: Render) -> Made:
    return render("mp3", split=True, extras=ALONG, preview=None)


def test_the_tracks_of_both_legs_are_equally_long(legs: Made) -> None:
    left, right = (heard(file.path) for _, file, _ in legs.files)
    assert left.samples == right.samples > 30 * SAMPLE_RATE


def read_srt(path: Path) -> list[tuple[float, str]]:
    """When each caption is shown, in seconds, and its text."""
    return [(each.start.total_seconds(), each.content) for each in srt.parse(path.read_text("utf-8"))]


def read_vtt(path: Path) -> list[tuple[float, str]]:
    captions = webvtt.from_string(path.read_text("utf-8")).captions
    return [(each.start_in_seconds + each.start_time.milliseconds / 1000, each.text) for each in captions]


READERS = {"srt": read_srt, "vtt": read_vtt}


@pytest.mark.parametrize("kind", READERS)
def test_captions_come_when_the_words_do(kind: str, legs: Made) -> None:
    for track, file, _ in legs.files:
        found = READERS[kind](file.path.with_suffix(f".{kind}"))
        starts = {round(start, 3) for start, _ in found}
        assert {round(float(cue.start), 3) for cue in track.timeline.cues} <= starts
        shown = " ".join(" ".join(text for _, text in found).split())
        assert all(" ".join(cue.text.split()) in shown for cue in track.timeline.cues if cue.track == "voice")
        assert {str(extra.path.suffix) for extra in legs.extras} == {".vtt", ".srt", ".json", ".m3u8"}


def test_a_playlist_tells_how_long_its_tracks_are(legs: Made) -> None:
    (path,) = (extra.path for extra in legs.extras if extra.kind == "playlist")
    lines = path.read_text("utf-8").splitlines()
    told = [float(length) for line in lines for length in re.findall(r"^#EXTINF:([\d.]+),", line)]
    named = [path.parent / line for line in lines if line and not line.startswith("#")]
    assert named == [file.path for _, file, _ in legs.files]
    assert told == pytest.approx([heard(track).samples / SAMPLE_RATE for track in named], abs=0.001)


def test_a_legs_track_can_be_a_little_to_its_side(render: Render) -> None:
    made = render("flac", split=True, pan=True, preview=Fraction(10))
    for (track, file, _), near in zip(made.files, (0, 1), strict=True):
        assert track.side is (Side.RIGHT if near else Side.LEFT)
        sound = heard(file.path)
        assert decibels(sound.channel(near)) - decibels(sound.channel(1 - near)) == pytest.approx(2.2, abs=0.2)
        assert loudness.measure_file(file.path).integrated == pytest.approx(-16, abs=1)


@pytest.mark.parametrize("form", ["mp3", "opus"])
def test_a_session_of_a_few_short_words_is_as_loud_as_any(form: str, kept: Path, tmp_path: Path) -> None:
    words = "title: A\nbreath: 2-3\nsteps:\n  - breathe: 3\n    in: In\n    out: Out\n"
    (tmp_path / "a.yaml").write_text(words, encoding="utf-8")
    sounding = Sounding(FORMATS[form])
    request = Request(str(tmp_path / "a.yaml"), voice=VOICE, preview=Fraction(15), sounding=sounding)
    made = make(request, tmp_path / f"a.{form}", kept, lambda *_: None)
    measured = loudness.measure_file(path_of(made))
    assert measured.integrated == pytest.approx(-19, abs=1)
    assert measured.true_peak <= -1


# A voice that sinks


def test_a_falling_voice_is_lower_slower_and_softer_at_the_end(render: Render) -> None:
    level, sunk = (render("flac", room_tone=False, preview=None, **more) for more in ({}, {"fall": True}))
    sounds = [heard(path_of(made)).pcm for made in (level, sunk)]
    first = [spoken(made, pcm, 0) for made, pcm in zip((level, sunk), sounds, strict=True)]
    last = [spoken(made, pcm, -1) for made, pcm in zip((level, sunk), sounds, strict=True)]
    assert (first[0].text, last[0].text) == (first[1].text, last[1].text)
    assert first[1].seconds == pytest.approx(first[0].seconds, abs=0.03)
    steps = last[1].fall
    assert GLIDE_STEPS - 1 <= steps <= GLIDE_STEPS
    assert last[1].seconds == pytest.approx(last[0].seconds * 100 / (100 - steps), abs=0.03)
    assert first[1].pitch == pytest.approx(first[0].pitch, rel=0.01)
    assert last[1].pitch == pytest.approx(last[0].pitch * (100 - steps) / 100, rel=0.01)
    whole = first[0].level - first[1].level  # of the whole session, which is brought to its loudness
    assert last[0].level - last[1].level - whole == pytest.approx(steps * DECIBELS_A_STEP, abs=0.2)


@dataclass(frozen=True)
class Spoken:
    """One cue as it is heard: how long, how often a second its sound goes through zero, and how loud."""

    text: str
    fall: int
    seconds: float
    pitch: float
    level: float


def spoken(made: Made, pcm: bytes, number: int) -> Spoken:
    cue: Cue = [each for each in made.files[0][0].timeline.cues if each.track == "voice"][number]
    sound = cut(pcm, float(cue.start), float(cue.end))
    seconds = len(sound) / 2 / SAMPLE_RATE
    return Spoken(cue.text, cue.fall, seconds, audioop.cross(sound, 2) / seconds, decibels(sound))


# Verified


@pytest.mark.parametrize(("form", "bed"), KINDS)
def test_verify_says_nothing_about_a_file_as_it_was_made(form: str, bed: str | None, render: Render) -> None:
    assert verify(path_of(render(form, bed))) == []


def test_verify_says_nothing_about_tracks_of_legs_or_a_falling_voice(legs: Made, render: Render) -> None:
    falling = render("flac", room_tone=False, preview=None, fall=True)
    assert [verify(file.path) for _, file, _ in (*legs.files, *falling.files)] == [[], [], []]


def findings(path: Path) -> str:
    return "\n".join(map(str, verify(path)))


@pytest.mark.parametrize("form", FORMATS)
def test_verify_tells_a_file_that_was_cut_short(form: str, render: Render, tmp_path: Path) -> None:
    whole = path_of(render(form)).read_bytes()
    short = tmp_path / f"short.{form}"
    if form == "wav":  # its tags are at the end
        short.write_bytes(whole)
        with short.open("rb+") as file:
            file.seek(1_000_000)
            file.write(whole[9_000_000:])
            file.truncate()
        assert "there is no timeline in it" in refused(short)
        return
    short.write_bytes(whole[: len(whole) * 9 // 10])
    assert re.search("it lasts|does not decode", findings(short))


def refused(path: Path) -> str:
    try:
        return findings(path)
    except TargetError as error:
        return str(error)


def test_verify_tells_a_file_that_was_encoded_again(render: Render, tmp_path: Path) -> None:
    original, again = path_of(render("mp3")), tmp_path / "again.mp3"
    args = ["-i", ffmpeg.quote_path(original), "-map", "0:a:0", "-map_metadata", "-1", "-b:a", "64k"]
    ffmpeg.run([*args, ffmpeg.quote_path(again)], what="encoding again")
    ID3(original).save(again, v2_version=3)
    assert findings(again) == "0:00.0: its sound has changed since it was written: it was cut, re-encoded or edited"


def test_verify_tells_which_cue_was_silenced(render: Render, tmp_path: Path) -> None:
    made = render("mp3")
    cue = next(each for each in made.files[0][0].timeline.cues if each.text == "Fold")
    content = bytearray(path_of(made).read_bytes())
    size = sum(byte << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True)) + 10
    silent, first = FrameFormat().silent, round(cue.start / Fraction(24, 1000))
    for frame in range(first, first + math.ceil((cue.end - cue.start) / Fraction(24, 1000)) + 3):
        at = size + (frame + 1) * len(silent)
        content[at : at + len(silent)] = silent
    silenced = tmp_path / "silenced.mp3"
    silenced.write_bytes(content)
    minutes, seconds = divmod(float(cue.start), 60)
    assert f"{minutes:.0f}:{math.floor(seconds * 10) / 10:04.1f}: 'Fold' is not heard" in findings(silenced)


# Many chapters


def test_more_chapters_than_a_file_lists_are_grouped_and_that_is_said(
    status: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = "steps:\n  - repeat:\n      rounds: 256\n      steps:\n        - breathe: 1\n          in: In\n"
    (tmp_path / "many.yaml").write_text(f"title: Many\nbreath: 1-1\n{steps}")
    assert status("make", "many.yaml", "--chapters-json") == 0
    said = capsys.readouterr().err.splitlines()
    assert said == ["voicecoach: 259 chapters are grouped into 130, as a file lists 255 at most"]
    found = re.findall(r"Chapter #0:\d+: start ([\d.]+), end ([\d.]+)", listing(tmp_path / "many.mp3"))
    assert len(found) == 130
    assert all(end == start for (_, end), (start, _) in pairwise(found))
    assert (tmp_path / "many.chapters.json").read_text("utf-8").count("startTime") == 259


# Beds that are none


def laid_bed(kind: str, path: Path, sound: Path) -> None:
    """Lay something in the place of a bed."""
    whole = sound.read_bytes()
    lay: dict[str, Callable[[], object]] = {
        "no sound": lambda: path.write_text("This is a text, and no sound at all.\n" * 100),
        "empty": path.touch,
        "missing": lambda: None,
        "a folder": path.mkdir,
        "silent": lambda: path.write_bytes(whole[:44] + bytes(len(whole) - 44)),
        "too short": lambda: path.write_bytes(whole[: 44 + 32_000 // 2]),
    }
    lay[kind]()


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("no sound", "is not sound that can be read"),
        ("empty", "is not sound that can be read"),
        ("missing", "there is no bed or file"),
        ("a folder", "is a folder"),
        ("silent", "is silent"),
        ("too short", "lasts 0.5 s"),
    ],
)
def test_a_bed_that_is_none_ends_with_2_and_leaves_the_old_file(  # noqa: PLR0913, PLR0917 - fixtures
    kind: str,
    told: str,
    status: Callable[..., int],
    routine: str,
    steady: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    laid_bed(kind, tmp_path / "bed.wav", steady)
    (tmp_path / "old.mp3").write_bytes(b"earlier")
    assert status("make", routine, "--preview", "4s", "--bed", "bed.wav", "-o", "old.mp3") == 2
    said = capsys.readouterr().err
    assert told in said
    assert len(said.splitlines()) <= 3
    assert (tmp_path / "old.mp3").read_bytes() == b"earlier"
    assert {path.name for path in tmp_path.iterdir()} <= {"bed.wav", "old.mp3"}


@pytest.mark.parametrize("form", ["flac", "mp3"])
def test_a_bed_with_a_broken_end_is_used_as_far_as_it_goes(  # noqa: PLR0913, PLR0917 - fixtures
    form: str,
    status: Callable[..., int],
    routine: str,
    render: Render,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    whole = path_of(render(form)).read_bytes()
    broken = tmp_path / f"broken.{form}"
    broken.write_bytes(whole[: len(whole) // 2] + b"\x07" * 20_000)
    args = ("--preview", "4s", "--bed", broken.name, "-o", "new.flac", "--verify")
    assert status("make", routine, *args) == 0
    assert f"voicecoach: {broken.name} can't be read to its end; what comes before is used" in capsys.readouterr().err
    assert heard(tmp_path / "new.flac").samples == round(4 / 0.024 + 0.5) * 1152
