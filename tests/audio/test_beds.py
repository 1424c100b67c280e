"""Beds: any file that is sound loops for ever, without a seam and without being held; what is none is told."""

from __future__ import annotations

import array
import math
import random
import resource
import sys
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import pytest

from tests.ffmpegs import break_ffmpeg
from voicecoach.audio import beds, ffmpeg
from voicecoach.audio.beds import Bed, crossfade, open_bed
from voicecoach.errors import ChoiceError, EncodeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RATE = 48_000
NEAR = RATE // 5
"""Samples on either side of a loop point that tell what is usual there."""


def noise(seconds: float, share: float = 0.09, channels: int = 2, rate: int = RATE) -> bytes:
    import audioop

    dice = random.Random(7)  # noqa: S311 - noise, not a secret
    return audioop.mul(dice.randbytes(2 * channels * round(seconds * rate)), 2, share)


def sine(seconds: float, hertz: float, high: int = 8000) -> bytes:
    turn = 2 * math.pi * hertz / RATE
    values = (round(high * math.sin(turn * at)) for at in range(round(seconds * RATE)) for _ in "lr")
    return array.array("h", values).tobytes()


def file(path: Path, pcm: bytes, *, channels: int = 2, rate: int = RATE) -> Path:
    raw = ["-f", "s16le", "-ar", str(rate), "-ac", str(channels), "-i", "pipe:0"]
    ffmpeg.run([*raw, ffmpeg.quote_path(path)], what="writing", data=pcm)
    return path


def heard(bed: Bed, seconds: float, window: int = RATE) -> array.array[int]:
    """The left channel of its first seconds."""
    return array.array("h", b"".join(islice(bed.windows(window), math.ceil(seconds * RATE / window))))[0::2]


def bends(values: array.array[int]) -> list[int]:
    steps = [later - one for one, later in pairwise(values)]
    return [abs(later - one) for one, later in pairwise(steps)]


def test_an_unknown_name_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(ChoiceError, match=r"there is no bed or file 'rian'\ndid you mean 'rain'\?"):
        open_bed("rian")
    with pytest.raises(ChoiceError, match="there is no bed or file 'music'\nwrite a file, or one of brown, pad, rain"):
        open_bed("music")


@pytest.mark.parametrize("name", ["", "/", "a\0b", "x" * 5000, "x" * 200 + "\n" * 50])
def test_no_name_is_too_strange_to_be_told_in_two_lines(name: str) -> None:
    with pytest.raises(ChoiceError) as caught:
        open_bed(name)
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("content", [b"", b"no sound at all\n" * 99, b"#EXTM3U\nfile:///etc/passwd\n", b"RIFF"])
def test_a_file_that_is_no_sound_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(ChoiceError, match=r"a\.wav is not sound that can be read\ngive --bed a WAV"):
        open_bed(str(tmp_path / "a.wav"))


@pytest.mark.parametrize("how", ["echo 'No such filter' >&2; exit 8", "kill -ABRT $$"])
def test_a_filter_that_fails_is_no_fault_of_the_bed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    path = break_ffmpeg(tmp_path, monkeypatch, "ebur128", how)
    with pytest.raises(EncodeError) as caught:
        open_bed("rain")
    assert f"({path}) failed (" in str(caught.value)
    assert "set VOICECOACH_FFMPEG to another ffmpeg" in str(caught.value)


def test_a_list_of_other_files_opens_none_of_them(tmp_path: Path) -> None:
    file(tmp_path / "a.wav", noise(2))
    (tmp_path / "list.txt").write_text("ffconcat version 1.0\nfile a.wav\n")
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:2\nhttp://127.0.0.1/a.wav\n#EXT-X-ENDLIST\n")
    with pytest.raises(ChoiceError, match="not sound that can be read"):
        open_bed(str(tmp_path / "list.m3u8"))


def test_a_silent_file_and_a_very_short_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match=r"the bed .*silent\.wav is silent\ngive --bed a sound"):
        open_bed(str(file(tmp_path / "silent.wav", bytes(4 * RATE * 2))))
    with pytest.raises(ChoiceError, match=r"the bed .*short\.wav lasts 0\.5 s\ngive --bed a sound of a second"):
        open_bed(str(file(tmp_path / "short.wav", noise(0.5))))


@pytest.mark.parametrize("kind", ["wav", "mp3", "flac", "m4a", "ogg"])
def test_a_file_of_any_kind_goes_on_for_ever(tmp_path: Path, kind: str) -> None:
    bed = open_bed(str(file(tmp_path / f"a.{kind}", noise(1.5))))
    assert bed.seconds == pytest.approx(1.5, abs=0.1)
    assert bed.problem == ""
    values = heard(bed, 4)
    assert all(max(values[at : at + 4800]) > 1000 for at in range(0, 4 * RATE, 4800))


@pytest.mark.parametrize("kind", ["flac", "mp3"])
def test_a_broken_file_is_told_and_still_loops(tmp_path: Path, kind: str) -> None:
    whole = file(tmp_path / f"whole.{kind}", noise(3)).read_bytes()
    path = tmp_path / f"broken.{kind}"
    middle = len(whole) * 2 // 3
    path.write_bytes(whole[:middle] + bytes(range(256)) * 20 + whole[middle + 5120 : -300])
    bed = open_bed(str(path))
    assert bed.problem == f"broken.{kind} can't be read to its end; what comes before is used"
    assert bed.seconds >= 1.5
    assert max(heard(bed, 7)[-RATE:]) > 1000


def test_the_name_of_a_file_is_no_problem_of_it(tmp_path: Path) -> None:
    (tmp_path / "truncated").mkdir()
    assert open_bed(str(file(tmp_path / "truncated" / "no error, invalid.wav", noise(2)))).problem == ""


@pytest.mark.parametrize("window", [1, 1000, 48_000, 70_001])
def test_windows_have_the_size_that_is_asked_for(tmp_path: Path, window: int) -> None:
    bed = open_bed(str(file(tmp_path / "a.wav", noise(1))))
    assert {len(each) for each in islice(bed.windows(window), 5)} == {4 * window}


def test_the_loop_is_the_same_however_it_is_cut(tmp_path: Path) -> None:
    bed = open_bed(str(file(tmp_path / "a.wav", noise(1.2))))
    one, other = heard(bed, 4, 9600), heard(bed, 4, 7777)
    assert one[: 4 * RATE] == other[: 4 * RATE]


def test_one_channel_is_heard_on_both_sides_as_loud_as_it_was_measured(tmp_path: Path) -> None:
    bed = open_bed(str(file(tmp_path / "a.wav", noise(2, channels=1), channels=1)))
    pcm = b"".join(islice(bed.windows(RATE), 2))
    values = array.array("h", pcm)
    assert values[0::2] == values[1::2]
    both = open_bed(str(file(tmp_path / "b.wav", pcm)))
    assert both.loudness == pytest.approx(bed.loudness, abs=0.3)


def test_another_rate_is_resampled(tmp_path: Path) -> None:
    bed = open_bed(str(file(tmp_path / "a.wav", noise(2, channels=1, rate=8000), channels=1, rate=8000)))
    assert bed.seconds == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("kept", [60, 0], ids=["kept", "streamed"])
def test_the_seam_of_a_file_that_does_not_loop_is_not_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    """A sine that would end in the middle of a period: no step and no bend is greater than a sine has."""
    monkeypatch.setattr(beds, "LONGEST_IN_MEMORY", kept)
    bed = open_bed(str(file(tmp_path / "a.wav", sine(1.2345, 220))))
    values = heard(bed, 3.5)
    turn = 2 * math.pi * 220 / RATE
    assert max(abs(later - one) for one, later in pairwise(values)) <= 8000 * math.sqrt(2) * turn + 3
    assert max(bends(values)) <= 8000 * math.sqrt(2) * turn * turn + 6


def test_a_crossfade_keeps_the_power_of_sounds_that_are_not_alike() -> None:
    old, new = noise(1), bytes(reversed(noise(1)))
    mixed = array.array("h", crossfade(old, new))
    level = [math.sqrt(sum(value * value for value in mixed[at : at + 9600]) / 9600) for at in range(0, 96_000, 9600)]
    start = array.array("h", old)
    assert mixed[:20] == pytest.approx(start[:20], abs=20)
    assert min(level) > 1000


@pytest.mark.parametrize("name", ["brown", "pad", "rain", "waves"])
def test_a_bed_of_ours_loops_without_a_seam(name: str) -> None:
    bed = open_bed(name)
    assert bed.seamless
    length = len(bed._keep()) // 4  # noqa: SLF001 - where the loop point is
    around = array.array("h", b"".join(islice(bed.windows(length), 2)))[0::2][length - NEAR : length + NEAR]
    steps, bent = [abs(later - one) for one, later in pairwise(around)], bends(around)
    near = slice(NEAR - 50, NEAR + 50)
    assert max(steps[near]) <= max(*steps[: NEAR - 50], *steps[NEAR + 50 :])
    assert max(bent[near]) <= max(*bent[: NEAR - 50], *bent[NEAR + 50 :])


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Bed:
    return open_bed(str(file(tmp_path_factory.mktemp("long") / "a.wav", noise(1) * 90)))


def test_a_long_file_is_decoded_as_it_is_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beds, "LONGEST_IN_MEMORY", 8)
    long = open_bed(str(file(tmp_path / "a.wav", noise(1) * 20)))
    decoded: list[int] = []

    def counted(args: list[str], *, what: str, size: int) -> Iterator[bytes]:
        decoded.append(0)
        for piece in stream(args, what=what, size=size):
            decoded[-1] += len(piece) // 4 // RATE
            yield piece

    stream = ffmpeg.decode_stream
    monkeypatch.setattr(ffmpeg, "decode_stream", counted)
    windows = long.windows(RATE)
    for _ in islice(windows, 10):
        pass
    assert decoded in ([12], [13])
    for _ in islice(windows, 15):
        pass
    assert len(decoded) == 3, "the file, its beginning for the seam, and the file again"
    assert decoded[1] <= 3


@pytest.mark.skipif(sys.platform == "win32", reason="measured with getrusage")
def test_a_long_file_is_not_held(long: Bed) -> None:
    assert long.seconds > beds.LONGEST_IN_MEMORY
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in islice(long.windows(RATE), 200):
        pass
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown // (1024 if sys.platform == "darwin" else 1) < 8000, "90 s are 17 MB"


def test_a_file_that_is_gone_in_the_meantime_is_an_error_and_not_an_endless_wait(tmp_path: Path) -> None:
    path = file(tmp_path / "a.wav", noise(2))
    bed = open_bed(str(path))
    path.unlink()
    with pytest.raises(EncodeError, match=r"reading a\.wav: there is no sound in it any more"):
        next(bed.windows(RATE))
