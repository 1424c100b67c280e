"""The process that runs Kokoro's model, with a model that hums."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING, Any

import pytest

from voicecoach.voices import espeak
from voicecoach.voices.neural import worker
from voicecoach.voices.neural.kokoro import files, model
from voicecoach.voices.neural.kokoro.phonemes import VOCABULARY
from voicecoach.voices.worker import Failed

if TYPE_CHECKING:
    from pathlib import Path

np = pytest.importorskip("numpy")
pytest.importorskip("onnxruntime")
pytest.importorskip("espeakng_loader")

UNIT, PAD = 600, 14
"""Samples of a unit of duration, and the units before the first sign."""


class Model:
    """A model whose signs last two units each; before the first it murmurs, which is heard as a syllable."""

    murmur = 2 * UNIT + model.EARLY

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def run(self, _names: None, given: dict[str, Any]) -> list[Any]:
        self.asked.append(given)
        signs = given["tokens"][0].tolist()[1:-1]
        durations = np.asarray([PAD, *([2] * len(signs)), 2])
        sound = np.zeros(int(durations.sum()) * UNIT, np.float32)
        times = np.arange(len(sound))
        spoken = slice(PAD * UNIT - self.murmur, (PAD + 2 * len(signs)) * UNIT)
        sound[spoken] = 0.5 * np.sin(times[spoken] / 5)
        for at, sign in enumerate(signs):
            if sign == VOCABULARY[","]:
                sound[(PAD + 2 * at) * UNIT : (PAD + 2 * at + 2) * UNIT] = 0
        return [sound, durations]


@pytest.fixture
def voice() -> model.Voice:
    library = espeak.find_library()
    style = files.find_style("ef_dora")
    made = model.Voice(
        {
            "model": "nowhere.onnx",
            "style": str(files.find_style_file(style)),
            "spelling": style.spelling,
            "library": library.path,
            "data": library.data,
        }
    )
    made.__dict__["_session"] = Model()
    return made


def count_seconds(sound: bytes) -> float:
    return len(sound) / 2 / 24_000


def test_the_murmur_before_the_first_sound_is_left_out(voice: model.Voice) -> None:
    sound = voice.say(["abc"], 0.7)
    assert count_seconds(sound) == pytest.approx((4 * 2 * UNIT + model.EARLY + 2 * 120) / 24_000, abs=0.011)


def test_a_comma_is_drawn_out_and_two_sentences_have_a_pause_between_them(voice: model.Voice) -> None:
    short, long = voice.say(["ab cd"], 0.7), voice.say(["ab, cd"], 0.7)
    assert count_seconds(long) - count_seconds(short) == pytest.approx(0.5, abs=0.05)
    two = voice.say(["ab cd", "ab cd"], 0.7)
    assert count_seconds(two) == pytest.approx(2 * count_seconds(short) + 0.8, abs=0.01)


def test_a_style_has_a_row_for_any_length_and_those_between_are_mixed(voice: model.Voice) -> None:
    rows = [voice._find_style(length) for length in (1, 2, 8, 65, 510, 2_000)]  # noqa: SLF001 - what the model is given
    assert all(row.shape == (1, model.WIDTH) and row.dtype == np.float32 for row in rows)
    assert np.array_equal(rows[0][0], voice._rows[0])  # noqa: SLF001 - as above
    assert np.array_equal(rows[4], rows[5])
    middle = (voice._rows[6] + voice._rows[7]) / 2  # noqa: SLF001 - 7 and 9
    assert np.allclose(rows[2][0], middle, atol=1e-6)


def test_requests_are_answered_and_the_sound_is_a_file(voice: model.Voice, tmp_path: Path) -> None:
    read = worker.answer(voice, {"do": "read", "texts": ["Inhala. Suelta", "…"]})
    assert read == {"read": [{"sentences": ["inˈala.", "swˈelta"], "unread": []}, {"sentences": [], "unread": []}]}
    path = tmp_path / "said.wav"
    said = worker.answer(voice, {"do": "say", "sentences": ["inˈala."], "rate": 700, "path": str(path)})
    assert said == {"done": str(path)}
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
        assert file.getnframes() > 10_000


def test_other_requests_are_refused(voice: model.Voice) -> None:
    with pytest.raises(Failed, match="unknown request"):
        worker.answer(voice, {"do": "dance"})


@pytest.mark.parametrize("style", files.STYLES)
def test_every_voice_comes_with_its_style(style: files.Style) -> None:
    content = files.find_style_file(style).read_bytes()
    rows = np.frombuffer(content, "<f2").reshape(len(model.LENGTHS), model.WIDTH)
    assert np.isfinite(rows).all()
    assert 0.01 < float(np.abs(rows).mean()) < 1
