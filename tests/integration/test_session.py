"""A whole session with the real voice and the real encoder, measured in its decoded sound."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.spoken import VOICE
from voicecoach.app import session
from voicecoach.app.request import Made, Request
from voicecoach.app.session import make
from voicecoach.audio import ffmpeg, render
from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.audio.loudness import measure_file
from voicecoach.audio.mixdown import mix_windows
from voicecoach.audio.mp3 import FrameFormat
from voicecoach.audio.mp3_info import read_info
from voicecoach.audio.pcm import audioop
from voicecoach.audio.settings import ROOM_TONE, Sounding
from voicecoach.core.notation import read_pace
from voicecoach.core.score import CueKind, Side
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voicecoach.core.timeline import Timeline

    Once = Callable[[object, Callable[[Path], Any]], Any]

BLOCK = SAMPLE_RATE // 200
SILENT = Sounding(room_tone=False)
"""Digital silence where nothing is heard, so that what is there is there by mistake."""

AUDIBLE = 60
"""Sample values; -55 dBFS, some 37 dB under the loudness of the speech."""


SHORT = Request("sitting-leg-stretch", Choices(rounds=1), preview=Fraction(50), voice=VOICE)
"""The first instructions, and some breaths."""


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


LONG = Request("sitting-leg-stretch", Choices(rounds=1), voice=VOICE, sounding=SILENT)
"""Three minutes: 8,000 frames, 6 windows of the mixdown, and most chapters far from the start.

One sample too many in each frame or window would be heard at its end as 0.15 s, or show in the count of samples.
"""


@pytest.fixture(scope="module")
def long(once: Once, kept: Path) -> Made:
    made: Made = once(LONG, lambda folder: make(LONG, folder, kept, quiet))
    return made


def decode(path: Path, seconds: Fraction | None = None) -> bytes:
    """Decode a file, or so many seconds of it, strictly."""
    until = [] if seconds is None else ["-t", f"{float(seconds)}"]
    args = ["-err_detect", "explode", "-i", ffmpeg.quote_path(path), *until, "-f", "s16le", "pipe:1"]
    done = ffmpeg.run(args, what="decoding")
    assert done.stderr == ""
    return done.stdout


def loudest(pcm: bytes) -> list[int]:
    """The greatest sample value of each 5 ms."""
    return [audioop.max(pcm[at : at + 2 * BLOCK], 2) for at in range(0, len(pcm), 2 * BLOCK)]


@pytest.fixture(scope="module")
def pcm(long: Made) -> bytes:
    return decode(long.files[0][1].path)


@pytest.fixture(scope="module")
def peaks(pcm: bytes) -> list[int]:
    return loudest(pcm)


def test_a_long_session_lasts_as_long_as_its_plan(long: Made, peaks: list[int]) -> None:
    track, file, _ = long.files[0]
    assert track.timeline.duration > 170
    assert file.seconds == track.timeline.duration
    assert len(peaks) == -(-file.samples // BLOCK)


def test_every_cue_of_a_long_session_is_heard_within_30_ms_of_its_plan(long: Made, peaks: list[int]) -> None:
    cues = long.files[0][0].timeline.cues
    assert len(cues) > 25
    late = [onset(peaks, float(cue.start)) for cue in cues]
    assert max(late) <= 0.030, [
        (float(cue.start), cue.text) for cue, each in zip(cues, late, strict=True) if each > 0.03
    ]
    assert min(late) >= -0.030


def onset(peaks: list[int], start: float) -> float:
    """How many seconds after ``start`` sound begins, looked for from 100 ms before it."""
    first = max(0, round((start - 0.1) * 200))
    return next(index for index in range(first, len(peaks)) if peaks[index] > AUDIBLE) / 200 - start


def test_a_long_session_is_silent_where_its_plan_is_silent(long: Made, peaks: list[int]) -> None:
    timeline = long.files[0][0].timeline
    ends = [0.0, *(float(cue.end) for cue in timeline.cues)]
    starts = [*(float(cue.start) for cue in timeline.cues), float(timeline.duration)]
    for end, start in zip(ends, starts, strict=True):
        gap = peaks[round((end + 0.05) * 200) : round((start - 0.03) * 200)]
        assert not gap or max(gap) <= 4, (end, start)


def test_phases_of_a_long_session_are_exact(long: Made) -> None:
    phases = long.files[0][0].timeline.phases
    lengths = {(phase.kind.value, float(phase.end - phase.start)) for phase in phases}
    assert lengths == {("inhale", 4.0), ("exhale", 6.0)}
    assert all(earlier.end <= later.start for earlier, later in pairwise(phases))


def test_the_file_is_at_a_constant_bit_rate_and_says_its_length(long: Made) -> None:
    from mutagen.mp3 import MP3, BitrateMode

    track, file, _ = long.files[0]
    info = MP3(file.path).info
    assert info is not None
    assert (info.sample_rate, info.channels, info.bitrate) == (48_000, 1, 64_000)
    assert info.bitrate_mode == BitrateMode.CBR
    assert info.length == pytest.approx(float(track.timeline.duration), abs=0.03)
    content = file.path.read_bytes()
    start = content.index(FrameFormat().header)
    assert read_info(content[start:]).samples == file.samples


STRICT = {
    "mpg123": ["mpg123", "-q", "-s"],
    "mp3val": ["mp3val"],
}
"""Programs that tell of what is not as it should be in an MP3; those that a machine has are asked."""


@pytest.mark.parametrize("program", STRICT)
def test_strict_decoders_have_nothing_to_say(program: str, long: Made) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    file = long.files[0][1]
    done = subprocess.run([*STRICT[program], file.path], check=True, capture_output=True)
    assert b"WARNING" not in done.stdout[:10_000]
    assert done.stderr == b""
    if program == "mpg123":
        assert len(done.stdout) == file.samples * 2, "all of it, and nothing that the encoder added"


def test_seeking_to_a_chapter_lands_within_a_frame(long: Made) -> None:
    track, file, _ = long.files[0]
    starts = [float(chapter.start) for chapter in track.timeline.chapters]
    for start in (starts[1], starts[len(starts) // 3]):
        sought = part(["-ss", f"{start}", "-i", ffmpeg.quote_path(file.path)])
        passed = part(
            ["-i", ffmpeg.quote_path(file.path), "-ss", f"{start - 1}"]
        )  # all before it is decoded, and left out
        heard = next(
            sought[at : at + 9_600] for at in range(24_000, len(sought), 9_600) if any(sought[at : at + 9_600])
        )
        assert abs((passed.index(heard) - sought.index(heard)) / 2 / SAMPLE_RATE - 1) <= 0.024


def part(given: list[str]) -> bytes:
    """Decode five seconds of what is given."""
    return ffmpeg.run([*given, "-t", "5", "-f", "s16le", "pipe:1"], what="seeking").stdout


def test_joining_frames_sounds_like_one_straight_encode(long: Made, pcm: bytes, tmp_path: Path) -> None:
    from voicecoach.audio.writer import Stream

    timeline = long.files[0][0].timeline
    part = timeline.until(timeline.cues[10].end)
    Stream(mix_windows(part, long.session.clip)).save(tmp_path / "straight.mp3")
    straight = decode(tmp_path / "straight.mp3")
    joined = pcm[: len(straight)]
    difference = audioop.add(straight, audioop.mul(joined, 2, -1), 2)
    assert len(joined) > 60 * 2 * SAMPLE_RATE
    assert level(difference) < level(joined) - 45


def test_more_sound_than_memory_should_hold_is_encoded_straight_through(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it is held in memory, to be joined")

    monkeypatch.setattr(render, "MOST_DISTINCT", 10)
    monkeypatch.setattr(render, "_join", refuse)
    request = replace(SHORT, sounding=SILENT)
    track, file, _ = make(request, tmp_path, kept, quiet).files[0]
    peaks = loudest(decode(file.path))
    assert file.seconds == track.timeline.duration
    assert len(peaks) == -(-file.samples // BLOCK)
    assert max(abs(onset(peaks, float(cue.start))) for cue in track.timeline.cues) <= 0.030


def test_the_same_file_comes_out_to_the_byte(long: Made, kept: Path, tmp_path: Path) -> None:
    again = make(LONG, tmp_path, kept, quiet)
    spoken = long.session.synthesised + long.session.reused  # other tests may have said some of it
    assert (again.session.synthesised, again.session.reused) == (0, spoken)
    assert again.files[0][1].path.read_bytes() == long.files[0][1].path.read_bytes()


def test_another_breath_length_synthesises_only_wordings_it_had_no_room_for(kept: Path, long: Made) -> None:
    slower = session.plan(replace(LONG, choices=Choices(read_pace("5-7"), rounds=1)), kept, quiet)
    assert slower.synthesised == 0
    del long


def test_each_leg_has_a_track_of_its_own_of_the_same_length_to_the_frame(kept: Path, tmp_path: Path) -> None:
    from mutagen.id3 import ID3

    made = make(replace(LONG, split=True), tmp_path, kept, quiet)
    (left, left_file, _), (right, right_file, _) = made.files
    assert left_file.samples == right_file.samples
    assert left_file.samples % 1152 == 0
    assert left.timeline.measure_stretch(Side.LEFT) == right.timeline.measure_stretch(Side.RIGHT) == 34
    assert left.timeline.measure_stretch(Side.RIGHT) == right.timeline.measure_stretch(Side.LEFT) == 0
    for track, file, number in ((left, left_file, "1/2"), (right, right_file, "2/2")):
        assert track.timeline.cues[1].kind is CueKind.NOTICE
        assert {cue.side for cue in track.timeline.cues} <= {track.side, None}
        assert not any(cue.kind is CueKind.CHANGE for cue in track.timeline.cues)
        tags = ID3(file.path)
        assert str(tags["TRCK"]) == number
        assert str(tags["TALB"]) == "Sitting leg stretch"
        assert str(tags["TLAN"]) == "eng"
        assert "Sit on the floor" in str(tags.getall("USLT")[0])
        assert tags.getall("COMM")[0].text[0] == " ".join(made.session.notice)
        assert len(tags.getall("CHAP")) == len(track.timeline.chapters)


@pytest.mark.parametrize("straight", [False, True], ids=["joined", "straight"])
def test_with_a_room_tone_a_gap_is_faint_noise_and_never_digital_silence(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, straight: bool
) -> None:
    if straight:
        monkeypatch.setattr(render, "MOST_DISTINCT", 0)
    track, file, loud = make(replace(SHORT, preview=Fraction(30)), tmp_path, kept, quiet).files[0]
    sound = decode(file.path)
    gaps = list(silences(track.timeline))
    assert len(gaps) > 2
    for start, end in gaps:
        gap = sound[round(start * SAMPLE_RATE) * 2 : round(end * SAMPLE_RATE) * 2]
        assert level(gap) == pytest.approx(ROOM_TONE, abs=1.5), (start, end)
        assert not any(not any(gap[at : at + 2 * BLOCK]) for at in range(0, len(gap) - 2 * BLOCK, 2 * BLOCK))
    assert loud.integrated == pytest.approx(measure_file(file.path).integrated, abs=0.3)


def silences(timeline: Timeline) -> Iterator[tuple[float, float]]:
    """Yield where nothing is heard for half a second or more, without the 100 ms around what is."""
    at = 0.0
    for cue in timeline.cues:
        if cue.start - at > 0.7:
            yield at + 0.1, float(cue.start) - 0.1
        at = max(at, float(cue.end))


def level(pcm: bytes) -> float:
    """The RMS level of samples in dBFS."""
    return 20 * math.log10(max(audioop.rms(pcm, 2), 0.5) / 32_768)


@pytest.mark.parametrize("breath", ["2-2", "4-7-8", "10-20"])
@pytest.mark.parametrize("routine", ["leg-stretch", "forward-backward-bend", "thigh-burner", "forward-lunge"])
def test_every_built_in_fits_every_breath(routine: str, breath: str, unlevelled: Path) -> None:
    added = frozenset({"all"} if routine == "leg-stretch" else ())
    request = Request(routine, Choices(breath=read_pace(breath), added=added), voice=VOICE)
    planned = session.plan(request, unlevelled, quiet)
    assert planned.tracks[0].timeline.phases


@pytest.mark.skipif(sys.platform == "win32", reason="reads the peak of a child process")
def test_memory_does_not_grow_with_the_session(kept: Path, tmp_path: Path, long: Made) -> None:
    """Samples of three more rounds would be 40 MB more."""
    del long
    peaks = [peak_memory(rounds, kept, tmp_path) for rounds in (1, 4)]
    assert peaks[1] - peaks[0] < 10_000, peaks


def peak_memory(rounds: int, folder: Path, output: Path) -> int:
    """The peak memory, in KB, of a process of its own that makes a session."""
    code = (
        "import resource, sys; from pathlib import Path; from voicecoach.app.request import Request\n"
        "from voicecoach.app.session import make\n"
        "from voicecoach.audio.settings import Sounding\n"
        "from voicecoach.script.choices import Choices\n"
        f"choices, sounding = Choices(rounds={rounds}), Sounding(room_tone=False)\n"
        f"request = Request('sitting-leg-stretch', choices, voice={VOICE!r}, sounding=sounding)\n"
        f"make(request, Path({str(output)!r}), Path({str(folder)!r}), lambda *_: None)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=root, capture_output=True, check=True)
    return int(done.stdout) // (1024 if sys.platform == "darwin" else 1)
