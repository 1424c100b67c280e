"""Sounds that a routine plays: those that come with the program, and files beside it."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from voicecoach.audio.clip import find_peak
from voicecoach.audio.loudness import to_decibels
from voicecoach.audio.sounds import read_sound
from voicecoach.errors import ChoiceError, RoutineError
from voicecoach.routine.loader import load_routine
from voicecoach.system.assets import find_asset, list_assets

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, sound: str) -> str:
    path = folder / "a.yaml"
    path.write_text(f"title: x\nsteps:\n  - sound: {sound}\n", encoding="utf-8")
    return str(path)


def test_a_sound_of_the_program_goes_by_its_name(tmp_path: Path) -> None:
    assert load_routine(written(tmp_path, "tone-in")).sounds == {}
    assert read_sound("tone-in").samples == 17_760


@pytest.mark.parametrize("name", [name.removesuffix(".wav") for name in list_assets()])
def test_every_chime_and_tone_is_a_sound_of_a_step(name: str, tmp_path: Path) -> None:
    assert load_routine(written(tmp_path, name)).sounds == {}
    assert 0 < read_sound(name).seconds <= 6


def test_a_file_that_is_called_as_a_bed_is_heard(tmp_path: Path) -> None:
    shutil.copy(find_asset("tone-out.wav"), tmp_path / "rain")
    assert [path.rpartition("/")[2] for path in load_routine(written(tmp_path, "rain")).sounds.values()] == ["rain"]


def test_a_file_beside_the_routine_is_heard_to_its_end_at_a_level_of_ours(tmp_path: Path) -> None:
    shutil.copy(find_asset("tone-out.wav"), tmp_path / "mine.wav")
    (path,) = load_routine(written(tmp_path, "mine.wav")).sounds.values()
    assert read_sound(path).samples == read_sound("tone-out").samples
    assert to_decibels(find_peak(read_sound(path))) == pytest.approx(
        -6, abs=0.1
    )  # too short to be measured as loudness


@pytest.mark.parametrize(
    ("sound", "expected"),
    [
        ("tone-inn", "3:12: no sound 'tone-inn' is beside this routine or in the program; did you mean"),
        (
            "rain",
            "3:12: 'rain' is a bed, which plays under a whole session; a sound is a file, or one of: bell-change, ",
        ),
        ("../b.wav", "3:12: '../b.wav' is outside this routine's folder; copy the file into it"),
        ("/dev/zero", "3:12: '/dev/zero' is outside this routine's folder"),
        ("out.wav", "3:12: 'out.wav' is outside this routine's folder"),
    ],
)
def test_a_sound_that_is_not_there_or_not_its_own_is_refused_at_its_place(
    sound: str, expected: str, tmp_path: Path
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    shutil.copy(find_asset("tone-in.wav"), tmp_path / "b.wav")
    (inner / "out.wav").symlink_to(tmp_path / "b.wav")
    with pytest.raises(RoutineError, match=re.escape(expected)):
        load_routine(written(inner, sound))


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"no sound at all" * 99, b"ffconcat version 1.0\nfile /etc/hostname\n", b"#EXTM3U\nb.wav\n"],
)
def test_a_file_that_is_no_sound_is_told_and_opens_nothing_else(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_bytes(content)
    with pytest.raises(ChoiceError, match=r"^bad\.wav (is not sound|lasts 0\.0 s)"):
        read_sound(str(tmp_path / "bad.wav"))
