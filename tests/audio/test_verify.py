"""A file held against its timeline: a good one has no findings, and each thing that can go wrong is told apart."""

from __future__ import annotations

import array
import json
import math
import random
import zlib
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import pytest

from tests.amounts import choose_amount
from tests.fakes import FakeVoice
from tests.sounded import Spoken, breaths, still
from tests.tagged import TAGS
from voicecoach.audio import ffmpeg, tagging
from voicecoach.audio.clip import SAMPLE_RATE, Clip, join, make_silence
from voicecoach.audio.formats import FORMATS
from voicecoach.audio.id3 import Tags
from voicecoach.audio.mixdown import mix_windows
from voicecoach.audio.mp3 import FrameFormat
from voicecoach.audio.settings import Sounding
from voicecoach.audio.verify import read_carried_plan, read_plan, verify
from voicecoach.audio.writer import Recording, Stream, write_files
from voicecoach.core.score import phrase, seq
from voicecoach.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

SILENT = Sounding(room_tone=False)
SILENT_FRAME = FrameFormat().silent


@pytest.fixture(scope="module")
def spoken() -> Spoken:
    return Spoken()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, spoken: Spoken) -> Path:
    path = tmp_path_factory.mktemp("good") / "good.mp3"
    spoken.write(path)
    return path


def told(path: Path) -> list[str]:
    return [each.what for each in verify(path)]


@pytest.mark.parametrize(("kind", "room_tone"), [("mp3", True), ("m4a", False)])
def test_a_good_file_has_no_findings(tmp_path: Path, spoken: Spoken, kind: str, *, room_tone: bool) -> None:
    path = tmp_path / f"a.{kind}"
    spoken.write(path, Sounding(FORMATS[kind], room_tone=room_tone))
    assert verify(path) == []


def test_a_bed_is_no_noise(tmp_path: Path, spoken: Spoken) -> None:
    spoken.write(tmp_path / "a.mp3", Sounding(bed="rain"))
    assert verify(tmp_path / "a.mp3") == []


def test_a_cue_at_the_very_start_is_in_time(tmp_path: Path) -> None:
    Spoken(seq(phrase("Sit down"), still(1))).write(tmp_path / "a.mp3")
    assert verify(tmp_path / "a.mp3") == []


def test_a_file_cut_short_is_told(good: Path, tmp_path: Path) -> None:
    content = good.read_bytes()
    (tmp_path / "a.mp3").write_bytes(content[: -192 * 250])  # whole frames, 6 seconds of them
    found = told(tmp_path / "a.mp3")
    assert "its sound has changed since it was written: it was cut, re-encoded or edited" in found
    assert any(each.startswith("it lasts ") for each in found)
    assert any(each == "'Rest' is missing: the sound ends before it" for each in found)


def test_a_file_that_breaks_off_within_a_frame_is_told(good: Path, tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(good.read_bytes()[:-100_00])
    assert told(tmp_path / "a.mp3")


def test_a_file_encoded_again_is_told_as_that_alone(good: Path, tmp_path: Path) -> None:
    args = ["-i", ffmpeg.quote_path(good), "-map_metadata", "0", "-b:a", "96k", "-write_xing", "1"]
    ffmpeg.run([*args, ffmpeg.quote_path(tmp_path / "a.mp3")], what="encoding again")
    assert read_carried_plan(tmp_path / "a.mp3")
    assert told(tmp_path / "a.mp3") == ["its sound has changed since it was written: it was cut, re-encoded or edited"]


def changed(spoken: Spoken, path: Path, change: Callable[[array.array[int]], None]) -> Path:
    """Write the session with its samples changed, and its timeline as it was."""
    values = array.array("h", b"".join(mix_windows(spoken.timeline, spoken.clip)))
    change(values)
    form = FORMATS["flac"]
    tags = replace(TAGS, chapters=(), timeline=spoken.plan(SILENT))
    write_files([Recording(path, Stream([values.tobytes()], form, None), tags, form)])
    return path


def cut(values: array.array[int], start: float, end: float) -> None:
    first, last = round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)
    values[first:last] = array.array("h", bytes(2 * (last - first)))


def test_a_cue_that_is_missing_is_told_by_its_words_and_time(tmp_path: Path, spoken: Spoken) -> None:
    cue = spoken.timeline.cues[2]
    path = changed(spoken, tmp_path / "a.flac", lambda values: cut(values, float(cue.start), float(cue.end)))
    assert [(each.at, each.what) for each in verify(path)] == [(float(cue.start), f"{cue.text!r} is not heard")]


def test_half_a_sentence_that_is_missing_is_told(tmp_path: Path) -> None:
    spoken = Spoken(seq(still(1), phrase("Now sit down on the floor and be still"), still(1)))
    (cue,) = spoken.timeline.cues
    path = changed(spoken, tmp_path / "a.flac", lambda values: cut(values, float(cue.start) + 1.3, float(cue.end)))
    assert told(path) == [f"a part of {cue.text!r} is not heard"]


def test_a_cue_that_comes_late_is_told(tmp_path: Path, spoken: Spoken) -> None:
    cue = spoken.timeline.cues[0]
    path = changed(spoken, tmp_path / "a.flac", lambda values: cut(values, float(cue.start), float(cue.start) + 0.2))
    assert told(path) == [f"{cue.text!r} is heard late"]


class Babble(FakeVoice):
    """Speaks as people do: a soft onset, loud syllables of noise and tones, and short pauses between them."""

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        for wording in wordings:
            dice = random.Random(f"w{wording}")  # noqa: S311 - noise, not a secret
            values = array.array("h", bytes(480))
            for number in range(6):
                turn, noisy = math.pi * dice.randint(150, 6000) / SAMPLE_RATE, dice.random()
                loud = 3_000 if number == 0 else dice.choice([3_000, 9_000])
                values.extend(
                    round(loud * ((1 - noisy) * math.sin(turn * at) + noisy * dice.uniform(-1, 1)))
                    for at in range(dice.randint(5_000, 8_000))
                )
                values.extend([0] * (dice.choice([0, 2_000]) if number < 5 else 0))
            yield Clip(values.tobytes())


class Breathy(FakeVoice):
    """Begins each wording as some voices begin "two hundred": 120 ms of breath at -50 dBFS, and then the burst."""

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        dice = random.Random(7)  # noqa: S311 - noise, not a secret
        breath = array.array("h", (each for _ in range(720) for each in [dice.randint(-180, 180)] * 8))
        for clip in super().speak(wordings):
            yield join([Clip(breath.tobytes()), clip])


@pytest.mark.parametrize("kind", ["mp3", "flac"])
def test_a_cue_that_begins_softly_is_in_time_when_its_own_onset_is(tmp_path: Path, kind: str) -> None:
    spoken = Spoken(seq(still(1), phrase("Two hundred"), still(1)), Breathy())
    path, sounding = tmp_path / f"a.{kind}", Sounding(FORMATS[kind])
    spoken.write(path, sounding)
    assert verify(path) == []
    spoken.write(path, sounding, lambda cue: Loss(0, 9_600).of(spoken.clip(cue)))
    assert told(path) == ["'Two hundred' is heard late"]
    spoken.write(path, sounding, lambda cue: Loss(0, 5_760).of(spoken.clip(cue)))
    (found,) = told(path)
    assert found.startswith("the first ")
    assert found.endswith(" ms of 'Two hundred' are not heard")


KINDS = [
    Sounding(),
    Sounding(room_tone=False),
    Sounding(bit_rate=32),
    Sounding(FORMATS["m4a"]),
    Sounding(FORMATS["opus"], bed="rain"),
    Sounding(FORMATS["flac"]),
]


CUES = choose_amount(5, 10)
"""So many cues, which lose a part each as LOSSES says."""


@pytest.fixture(scope="module")
def babbled() -> Spoken:
    return Spoken(seq(still(1), *(seq(phrase(f"{number}"), still(1)) for number in range(CUES))), Babble())


@dataclass(frozen=True)
class Loss:
    """Samples of a cue that are lost, and how the finding about them begins."""

    start: int = 0
    samples: int = 0
    told: str = ""

    def of(self, clip: Clip) -> Clip:
        first = self.start % clip.samples
        return join([clip[:first], make_silence(self.samples), clip[first + self.samples :]])


LOSSES = [
    Loss(),
    Loss(0, 960, "the first 2"),
    Loss(0, 2_400, "the first "),
    Loss(-3_000, 3_000, "the last "),
    Loss(3_000, 1_500),
]


@pytest.mark.parametrize("sounding", KINDS, ids=lambda each: f"{each.form.name} {each.bit_rate} {each.bed}")
def test_what_is_missing_of_a_word_is_told_and_nothing_else(
    tmp_path: Path, babbled: Spoken, sounding: Sounding
) -> None:
    """Cues are damaged before they are encoded; the file carries the levels of the undamaged ones."""
    path = tmp_path / f"a.{sounding.form.name}"
    babbled.write(path, sounding, lambda cue: LOSSES[int(cue.text) % len(LOSSES)].of(babbled.clip(cue)))
    lost = [(cue, loss) for cue in babbled.timeline.cues if (loss := LOSSES[int(cue.text) % len(LOSSES)]).samples]
    found = verify(path)
    assert len(found) == len(lost) == CUES * 4 // len(LOSSES)
    for each, (cue, loss) in zip(found, lost, strict=True):
        assert each.what.startswith(loss.told)
        assert each.what.endswith(f"ms of {cue.text!r} are not heard")
        begins = float(cue.start) + loss.start / SAMPLE_RATE % float(cue.end - cue.start)
        assert each.at == pytest.approx(begins, abs=0.02)


def test_noise_in_a_gap_is_told_with_its_place(tmp_path: Path, spoken: Spoken) -> None:
    dice = random.Random(3)  # noqa: S311 - noise, not a secret

    def noisy(values: array.array[int]) -> None:
        for at in range(24_000, 25_000):
            values[at] = dice.randint(-300, 300)

    (found,) = verify(changed(spoken, tmp_path / "a.flac", noisy))
    assert found.at == pytest.approx(0.5, abs=0.03)
    assert found.what.startswith("the silence is at -4")
    assert found.what.endswith("the limit is -66")


def test_without_tags_it_can_only_be_held_against_a_timeline_that_is_given(
    good: Path, tmp_path: Path, spoken: Spoken
) -> None:
    path, plan = tmp_path / "a.mp3", tmp_path / "plan.json"
    args = [
        "-i",
        ffmpeg.quote_path(good),
        "-map_metadata",
        "-1",
        "-map_chapters",
        "-1",
        "-c",
        "copy",
        ffmpeg.quote_path(path),
    ]
    ffmpeg.run(args, what="stripping")
    with pytest.raises(TargetError, match="there is no timeline in it; name one"):
        verify(path)
    shown = {name: value for name, value in spoken.plan(SILENT).items() if name != "sound"}
    plan.write_text(json.dumps(shown))
    assert verify(path, read_plan(plan)) == []
    assert verify(good, read_plan(plan)) == []
    other = Spoken(seq(still(2), breaths(3)))
    plan.write_text(json.dumps(other.plan(SILENT)))
    assert verify(path, read_plan(plan))


def test_what_is_no_sound_carries_nothing_and_does_not_decode(tmp_path: Path, spoken: Spoken) -> None:
    path, plan = tmp_path / "a.mp3", tmp_path / "plan.json"
    path.write_bytes(b"no sound at all\n" * 99)
    plan.write_text(json.dumps(spoken.plan(SILENT)))
    with pytest.raises(TargetError, match="there is no timeline in it"):
        verify(path)
    (found,) = verify(path, read_plan(plan))
    assert found.what.startswith("it does not decode: ")
    with pytest.raises(TargetError, match="there is no such file"):
        verify(tmp_path / "missing.mp3")
    with pytest.raises(TargetError, match="it is a folder; name an audio file in it"):
        verify(tmp_path)


WRONG = [
    "",
    "[]",
    "{}",
    "null",
    '{"duration": 5}',
    '{"duration": "5", "cues": []}',
    '{"duration": 1e300, "cues": []}',
    '{"duration": NaN, "cues": []}',
    '{"duration": 5, "cues": [{}]}',
    '{"duration": 5, "cues": [{"start": -1, "end": 2, "track": "voice", "text": "In"}]}',
    '{"duration": 5, "cues": {"start": 1}}',
    '{"duration": 5, "cues": [], "sound": []}',
    '{"duration": 5, "cues": [], "sound": {"bed": "loud"}}',
    "[" * 100_000,
]


@dataclass(frozen=True)
class Carrying(Tags):
    """Tags that carry any text as their timeline."""

    content: str = ""

    def pack(self) -> bytes:
        return zlib.compress(self.content.encode())


@pytest.mark.parametrize("content", WRONG, ids=range(len(WRONG)))
def test_what_is_no_timeline_is_refused_wherever_it_comes_from(tmp_path: Path, content: str) -> None:
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(TargetError, match="this is not a timeline; write one with"):
        read_plan(tmp_path / "plan.json")
    (tmp_path / "a.mp3").write_bytes(SILENT_FRAME * 9)
    tagging.save_tags(
        tmp_path / "a.mp3", FORMATS["mp3"], Carrying(**asdict(replace(TAGS, chapters=())), content=content)
    )
    assert read_carried_plan(tmp_path / "a.mp3") is None


def test_a_plan_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="there is no such file; write one with"):
        read_plan(tmp_path / "missing.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TargetError, match="this is not a timeline"):
        read_plan(tmp_path / "binary.json")


def test_a_tone_is_as_loud_as_it_is(tmp_path: Path) -> None:
    """The levels are those of a sine: 3 dB under its peak."""
    from voicecoach.audio import verify as module

    values = array.array("h", (round(16_384 * math.sin(at * 2 * math.pi / 48)) for at in range(48_000)))
    form = FORMATS["wav"]
    Stream([values.tobytes()], form, None).save(tmp_path / "a.wav")
    levels = module._decode(tmp_path / "a.wav")  # noqa: SLF001 - what all findings are made from
    assert levels.samples == 48_384
    assert [(type(each), len(each)) for each in (levels.blocks, levels.speech)] == [(bytes, 252)] * 2, "12 h take 22 MB"
    assert levels.highest(0.1, 0.9) == pytest.approx(-9.03, abs=0.25)
