"""The shipped sounds: made by a script, the same bytes every time, described truly, measured as ears would judge."""

import array
import hashlib
import itertools
import math
import operator
import re
import sys
import wave
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from scripts.assets import make, synthesis
from voicecoach.app.cli.options import CHIMES as CHIME_OPTIONS
from voicecoach.audio import ffmpeg
from voicecoach.errors import UnknownNameError
from voicecoach.system import assets

RATES = {"brown": 16_000, "pad": 8_000, "rain": 24_000, "waves": 16_000}
SETS = ("bell", "soft")
MOMENTS = ("start", "change", "chapter", "end")
CHIMES = [f"{each}-{moment}.wav" for each in SETS for moment in MOMENTS]


def samples(path: Path) -> memoryview:
    """Return the samples of a WAV file as numbers (machines of today are little-endian, as WAV is)."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 1, 2)
        return memoryview(file.readframes(file.getnframes())).cast("h")


@cache
def decoded(bed: str) -> Sequence[int]:
    """Return the samples of a bed as ffmpeg reads it, at its own rate."""
    args = ["-i", str(assets.find_bed(bed)), "-f", "s16le", "pipe:1"]
    return array.array("h", ffmpeg.run(args, what=bed).stdout)


def level(values: Sequence[float]) -> float:
    """Return the mean level (RMS) of samples, in decibels."""
    return 10 * math.log10(sum(map(operator.mul, values, values)) / len(values) + 1e-9)


def levels(values: Sequence[int], window: int) -> list[float]:
    return [level(values[at : at + window]) for at in range(0, len(values) - window + 1, window)]


def rising(values: Sequence[int]) -> list[int]:
    return list(map(operator.sub, values[1:], values))


def seams(loop: Sequence[int], rate: int) -> list[float]:
    """Return how a loop goes on across its end, beside how it goes on elsewhere: more than 1 might be heard.

    That is the step and the bend at the end, of five times the usual; and the changes of level and of brightness (the
    level of the steps) from one twentieth of a second to the next, of the greatest within three seconds.
    """
    seam = 3 * rate
    around = [*loop[-seam:], *loop[:seam]]
    steps = rising(around)
    bends = rising(steps[seam - rate : seam + rate])
    found = [abs(steps[seam - 1]) / 10 ** (level(steps) / 20) / 5]
    found += [max(map(abs, bends[rate - 2 : rate])) / 10 ** (level(bends) / 20) / 5]
    for values in (around, steps):
        parts = levels(values, rate // 20)
        changes = [abs(before - after) for before, after in itertools.pairwise(parts)]
        at = seam // (rate // 20) - 1
        here = changes[at - 2 : at + 3]
        found.append(max(here) / max(*changes[: at - 2], *changes[at + 3 :], 0.5))
    return found


def pitch(values: Sequence[int]) -> float:
    """Return the lowest tone of what rings out, in hertz: it rings longest, and crosses zero twice a turn."""
    part = values[len(values) // 2 : len(values) * 7 // 10]
    crossings = [at for at, (before, after) in enumerate(itertools.pairwise(part)) if before < 0 <= after]
    return 48_000 * (len(crossings) - 1) / (crossings[-1] - crossings[0])


def strokes(values: Sequence[int]) -> int:
    """Return how often a sound sets in: its level rises by 3 dB or more within 20 ms, after it did not."""
    parts = [-60.0, *levels(values, 960)]
    loud = max(parts) - 20
    rises = [after > loud and after - before > 3 for before, after in itertools.pairwise(parts)]
    return sum(now and not before for before, now in itertools.pairwise([False, *rises]))


def test_the_script_makes_every_file_to_the_byte(pytestconfig: pytest.Config) -> None:
    """The script takes seconds, so what was compared once is compared again only when the script or a file changes."""
    folder = assets.find_asset("chime-end.wav").parent
    files = [*Path(make.__file__).parent.glob("*.py"), folder / "CREDITS.md", *(folder / name for name in make.WHAT)]
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files) if path.is_file()]
    state, kept = [sys.version, digests], pytestconfig.cache
    if kept is None or kept.get("assets/compared", None) != state:
        assert make.outdated(folder) == []
        if kept:
            kept.set("assets/compared", state)


def test_a_changed_or_missing_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "assets", lambda: {"a.wav": b"a", "beds/b.wav": b"b", "c.wav": b"c"})
    (tmp_path / "a.wav").write_bytes(b"a")
    (tmp_path / "c.wav").write_bytes(b"C")
    assert make.outdated(tmp_path) == ["beds/b.wav", "c.wav"]


def test_the_credits_name_every_sound_with_its_licence_and_checksum() -> None:
    folder = assets.find_asset("chime-end.wav").parent
    rows = re.findall(
        r"^\| `(.+?)` \| .+ \| (CC0-1\.0) \| `([0-9a-f]{64})` \|$", (folder / "CREDITS.md").read_text(), re.MULTILINE
    )
    there = [
        (path.relative_to(folder).as_posix(), "CC0-1.0", hashlib.sha256(path.read_bytes()).hexdigest())
        for path in folder.rglob("*.wav")
    ]
    assert rows == sorted(there)


@pytest.mark.parametrize("name", assets.list_assets())
def test_a_sound_starts_and_ends_in_silence_and_leaves_headroom(name: str) -> None:
    values = samples(assets.find_asset(name))
    assert max(map(abs, values[:24])) < 300  # half a millisecond
    assert set(values[-480:]) == {0}
    least, most = (11_000, 12_500) if name.startswith("tone") else (10_000, 17_000)  # -9 dB of full scale; -10 to -6 dB
    assert least < max(map(abs, values)) < most
    assert assets.find_asset(name).stat().st_size < 400_000


@pytest.mark.parametrize("name", CHIMES)
def test_a_chime_rings_out(name: str) -> None:
    values = samples(assets.find_asset(name))
    assert 48_000 <= len(values) <= 6 * 48_000
    loudest = max(levels(values, 2_400))
    fall = [part - loudest for part in levels(values, 2_400)]
    assert fall[-3] < -60
    assert -45 < fall[len(fall) // 2] < -10  # it is neither cut short nor droning


@pytest.mark.parametrize("chimes", SETS)
def test_the_chimes_of_a_set_are_told_apart_by_pitch_or_strokes(chimes: str) -> None:
    sounds = {moment: samples(assets.find_asset(f"{chimes}-{moment}.wav")) for moment in MOMENTS}
    assert {moment: strokes(values) for moment, values in sounds.items()} == dict.fromkeys(sounds, 1) | {"change": 2}
    pitches = sorted(pitch(values) for values in sounds.values())
    assert all(high / low > 1.32 for low, high in itertools.pairwise(pitches))  # a fourth
    assert not [hertz for hertz in pitches if 320 < hertz < 505]  # where the tones of the breath are


def test_the_soft_chimes_are_lower_and_set_in_more_slowly_than_the_bells() -> None:
    for moment in MOMENTS:
        bell, soft = (samples(assets.find_asset(f"{each}-{moment}.wav")) for each in ("bell", "soft"))
        assert pitch(soft) < 0.8 * pitch(bell)
        assert level(soft[:240]) < level(bell[:240]) - 12  # the first 5 ms


def test_the_tones_of_the_breath_are_told_apart_by_the_way_they_go() -> None:
    def turns(values: Sequence[int]) -> int:
        return sum(before < 0 <= after for before, after in itertools.pairwise(values))

    goes = {}
    for name in ("tone-in", "tone-hold", "tone-out"):
        values = samples(assets.find_asset(f"{name}.wav"))[:-480]
        goes[name] = turns(values[len(values) // 2 :]) / turns(values[: len(values) // 2])
    assert goes["tone-hold"] == pytest.approx(1, abs=0.03)
    assert goes["tone-in"] > 1.18
    assert goes["tone-out"] < 0.85


def test_there_are_two_sets_of_chimes_and_four_beds() -> None:
    assert {"none", *SETS} == set(CHIME_OPTIONS)
    assert assets.list_beds() == tuple(sorted(RATES)) == tuple(sorted(make.BEDS))
    assert {f"{name}.wav" for name in assets.list_beds()}.isdisjoint(assets.list_assets())


@pytest.mark.parametrize("bed", RATES)
def test_a_bed_goes_round_without_a_seam(bed: str) -> None:
    loop, rate = decoded(bed), RATES[bed]
    assert 20 * rate <= len(loop) <= 40 * rate
    assert max(seams(loop, rate)) < 1


@pytest.mark.parametrize("bed", ["brown", "pad"])
def test_a_seam_would_be_noticed(bed: str) -> None:
    loop, rate = decoded(bed), RATES[bed]
    assert max(seams(loop[: 12 * rate], rate)) > 1
    faded = [value * min(at, len(loop) - at, rate // 10) // (rate // 10) for at, value in enumerate(loop)]
    assert max(seams(faded, rate)) > 1


@pytest.mark.parametrize("bed", RATES)
def test_a_bed_has_the_loudness_of_the_others_and_nothing_beside_it(bed: str) -> None:
    args = ["-i", str(assets.find_bed(bed)), "-af", "ebur128=peak=true:metadata=1", "-f", "null", "-"]
    said = ffmpeg.run(args, what=bed, loglevel="info").stderr
    figures = {name: float(re.findall(rf"{name}:\s+(\S+) ", said)[-1]) for name in ("I", "Peak")}
    assert figures["I"] == pytest.approx(-23, abs=0.3)
    assert figures["Peak"] < -3
    loop = decoded(bed)
    assert abs(sum(loop) / len(loop)) < 2


@pytest.mark.parametrize(("bed", "most"), [("brown", 1.5), ("pad", 2.5), ("rain", 1.0), ("waves", 5.0)])
def test_a_bed_keeps_its_level(bed: str, most: float) -> None:
    parts = levels(decoded(bed), RATES[bed] * 2 // 5)
    assert all(abs(part - sum(parts) / len(parts)) < most for part in parts)


def test_the_waves_keep_no_time() -> None:
    parts = levels(decoded("waves"), RATES["waves"] // 4)
    away = [part - sum(parts) / len(parts) for part in parts]
    whole = sum(map(operator.mul, away, away))
    alike = {
        lag / 4: sum(map(operator.mul, away, away[lag:] + away[:lag])) / whole for lag in range(12, len(parts) // 2)
    }
    assert max(alike.values()) < 0.3
    apart = [(one[0] - other[0]) % make.ROUND for one, other in itertools.permutations(make.SWELLS, 2)]
    assert len(set(apart)) == len(apart)


def test_the_beds_are_small_together() -> None:
    assert sum(assets.find_bed(name).stat().st_size for name in assets.list_beds()) < 1_500_000


def test_a_bed_comes_out_of_ffmpeg_as_it_went_in() -> None:
    loop = synthesis.levelled(synthesis.below(400, synthesis.noise("test", 9 * synthesis.BLOCK), 16_000), -20)
    args = ["-i", "pipe:0", "-f", "s16le", "pipe:1"]
    out = ffmpeg.run(args, what="a loop", data=synthesis.adpcm_wav(loop, 16_000)).stdout
    back = memoryview(out).cast("h")
    assert len(back) == len(loop)
    assert level(list(map(operator.sub, back, loop))) < level(loop) - 20


@pytest.mark.parametrize("values", [[0] * (synthesis.BLOCK + 1), [30_000] * synthesis.BLOCK])
def test_a_loop_that_would_not_go_round_or_might_clip_is_refused(values: list[int]) -> None:
    with pytest.raises(ValueError, match=r"whole blocks|louder"):
        synthesis.adpcm_wav(array.array("h", values), 16_000)


@pytest.mark.parametrize("name", ["", "rain.wav", "snow", "../bell-end", "chime-end"])
def test_only_shipped_beds_have_a_name(name: str) -> None:
    with pytest.raises(UnknownNameError, match="no bed is called"):
        assets.find_bed(name)


@pytest.mark.parametrize("name", ["gong.wav", "CREDITS.md", "../pyproject.toml", "/etc/passwd", "", "chime-end"])
def test_only_shipped_sounds_have_a_name(name: str) -> None:
    with pytest.raises(UnknownNameError, match="no sound is called"):
        assets.find_asset(name)


def test_sounds_lie_beside_the_package_or_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, beside = tmp_path / "voicecoach" / "audio_assets", tmp_path / "audio_assets"
    monkeypatch.setattr(assets, "_FOLDERS", (inside, beside))
    listings = (assets.list_assets, assets.list_beds)
    for folder in (beside, inside):
        (folder / "beds").mkdir(parents=True)
        for name in ("bell.wav", "beds/snow.wav"):
            (folder / name).touch()
        for listing in listings:
            listing.cache_clear()
        assert assets.find_asset("bell.wav") == folder / "bell.wav"
        assert assets.find_bed("snow") == folder / "beds" / "snow.wav"
    for listing in listings:
        listing.cache_clear()
