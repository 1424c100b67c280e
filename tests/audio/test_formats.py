"""Kinds of files: what can be asked of each."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.audio.formats import FORMATS, MP3, MP3_RATES, choose_format
from voicecoach.errors import ChoiceError


@pytest.mark.parametrize(
    ("name", "usual"),
    [("mp3", (64_000, 128_000)), ("m4a", (64_000, 128_000)), ("opus", (32_000, 64_000)), ("flac", (None, None))],
)
def test_each_kind_has_a_usual_bit_rate_and_two_channels_take_twice_that(name: str, usual: tuple[int, int]) -> None:
    assert tuple(FORMATS[name].bit_rate(None, channels) for channels in (1, 2)) == usual


@given(st.sampled_from(sorted(FORMATS)), st.integers(-10, 1000), st.integers(1, 2))
def test_a_bit_rate_is_had_as_it_is_asked_for_or_refused_in_two_lines(name: str, asked: int, channels: int) -> None:
    form = FORMATS[name]
    least, most = form.rates or (1, 0)
    if least <= asked <= most and (form is not MP3 or asked in MP3_RATES):
        assert form.bit_rate(asked, channels) == asked * 1000
        assert form.encoding(asked * 1000)[-4:] == ["-b:a", str(asked * 1000), "-f", form.muxer]
    else:
        with pytest.raises(ChoiceError) as caught:
            form.bit_rate(asked, channels)
        assert len(str(caught.value).splitlines()) == 2


def test_a_refusal_says_what_can_be_had() -> None:
    with pytest.raises(ChoiceError, match="mp3 does not support 100 kb/s\nchoose one of 32, 40, 48, 56, 64, "):
        MP3.bit_rate(100, 1)
    with pytest.raises(ChoiceError, match="opus does not support 8 kb/s\nchoose 16 to 256"):
        FORMATS["opus"].bit_rate(8, 1)
    with pytest.raises(ChoiceError, match=r"flac keeps every sample.*\nleave out --bitrate"):
        FORMATS["flac"].bit_rate(64, 1)


def test_what_keeps_every_sample_is_given_no_bit_rate() -> None:
    assert "-b:a" not in FORMATS["wav"].encoding(None)


@pytest.mark.parametrize(
    ("name", "output", "form"),
    [
        (None, None, "mp3"),
        ("opus", None, "opus"),
        (None, "evening.FLAC", "flac"),
        ("m4a", "evening.m4a", "m4a"),
        (None, "evening.aiff", "mp3"),
        ("wav", "evening.2", "wav"),
        (None, "opus", "mp3"),
    ],
)
def test_a_kind_is_chosen_by_its_name_or_by_the_ending_of_the_file(
    name: str | None, output: str | None, form: str
) -> None:
    assert choose_format(name, Path(output) if output else None) is FORMATS[form]


def test_a_name_that_contradicts_the_ending_is_refused() -> None:
    with pytest.raises(ChoiceError, match=r"evening\.opus has the suffix of opus, but --format is flac\nleave"):
        choose_format("flac", Path("evening.opus"))


def test_the_ending_of_a_folder_chooses_nothing(tmp_path: Path) -> None:
    (tmp_path / "session.opus").mkdir()
    assert choose_format(None, tmp_path / "session.opus") is MP3
    assert choose_format("flac", tmp_path / "session.opus").name == "flac"
