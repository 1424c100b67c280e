"""Piper's voices, with the real package and ONNX runtime, and a model of 1.4 kB that hums."""

from __future__ import annotations

import json
import os
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path
from struct import iter_unpack
from typing import TYPE_CHECKING

import pytest

from tests import tinymodel
from tests.loudness import loudness
from voicecoach.errors import ChoiceError, UnknownNameError, VoiceError
from voicecoach.system import installers
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.piper import models as piper_models
from voicecoach.voices.piper import voice as piper
from voicecoach.voices.port import Settings
from voicecoach.voices.testing import VoiceContract

if TYPE_CHECKING:
    from voicecoach.voices.port import Voice

needs_piper = pytest.mark.skipif(find_spec("piper") is None, reason="pip install '.[piper]' to run it")
CALIBRATION = "Sit tall, let your shoulders drop, and follow the breath as it slowly comes and goes."
WORDS = ["Breathe in slowly", "And out, let yourself sink a little further", "In"]


pytestmark = pytest.mark.usefixtures("_encode_once")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a data folder with two models in it."""
    place = piper_models.models_folder(tmp_path / "data")
    tinymodel.write_model(place)
    tinymodel.write_model(place, "en_US-choir-medium", speakers=3)
    return tmp_path / "data"


def settings(data: Path | None, *, rate: int | None = None, pitch: int | None = None, volume: float = 0.0) -> Settings:
    folder = data.parent / "cache" if data else Path("nowhere")
    return Settings("en", CALIBRATION, folder, rate, pitch, volume, data)


def voice(name: str, data: Path, rate: int | None = None) -> piper.PiperVoice:
    return piper.KIND.find_voice(name, settings(data, rate=rate))


@needs_piper
class TestTheContract(VoiceContract):
    @pytest.fixture(autouse=True)
    def _data(self, data: Path) -> None:
        self.data = data

    def voice(self) -> Voice:
        return voice("en_US-hum-low", self.data)


@needs_piper
def test_the_same_words_are_the_same_clip_whatever_was_spoken_before(data: Path) -> None:
    once = list(voice("hum", data).speak(WORDS))
    piper._load_once.cache_clear()  # noqa: SLF001
    again = list(voice("hum", data).speak(WORDS[::-1]))
    assert [clip.pcm for clip in once] == [clip.pcm for clip in again[::-1]]
    assert len({clip.pcm for clip in once}) == 3


@needs_piper
@pytest.mark.parametrize("rate", [80, 150, 260])
def test_the_rate_is_met(data: Path, rate: int) -> None:
    (clip,) = voice("hum", data, rate).speak([CALIBRATION])
    heard = len(CALIBRATION.split()) * 60 / float(clip.seconds)
    assert heard == pytest.approx(rate * piper.SPARSE, rel=0.03)


@needs_piper
def test_without_a_rate_the_tempo_is_that_of_the_sounds(data: Path) -> None:
    assert piper.TEMPO * len(CALIBRATION.split()) * 60 / 71 == pytest.approx(piper.RATE * piper.SPARSE, rel=0.01)
    (own,), (asked,) = (list(voice("hum", data, rate).speak([CALIBRATION])) for rate in (None, piper.RATE))
    assert float(own.seconds) == pytest.approx(float(asked.seconds), rel=0.05)


@needs_piper
def test_between_sentences_lies_the_pause_and_nothing_else(data: Path) -> None:
    hum = voice("hum", data)
    one, two, both = hum.speak(["Sit down.", "Lie back.", "Sit down. Lie back."])
    assert float(both.seconds - one.seconds - two.seconds) == pytest.approx(piper.PAUSE, abs=0.001)


@needs_piper
def test_a_model_is_loaded_once_and_only_for_what_is_not_kept(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[Path] = []
    real = piper.LoadedModel

    def counted(path: Path) -> piper.LoadedModel:
        loads.append(path)
        return real(path)

    monkeypatch.setattr(piper, "LoadedModel", counted)
    piper._load_once.cache_clear()  # noqa: SLF001
    for words in (WORDS[:2], WORDS, WORDS):
        assert len(list(CachedVoice(voice("hum", data), data.parent / "cache").speak(words))) == len(words)
    assert len(loads) == 1
    piper._load_once.cache_clear()  # noqa: SLF001
    list(CachedVoice(voice("hum", data), data.parent / "cache").speak(WORDS))
    assert len(loads) == 1


@needs_piper
def test_a_voice_is_measured_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = list(voice("hum", data).speak(WORDS))
    monkeypatch.setattr(piper, "_measure_pace", lambda *_: pytest.fail("it was measured again"))
    assert list(voice("hum", data).speak(WORDS)) == first


@needs_piper
def test_speakers_have_their_own_sound_and_identity(data: Path) -> None:
    spoken = {name: voice(f"choir{name}", data) for name in ("", "#0", "#2", "@p2")}
    clips = {name: next(iter(each.speak(["Breathe in"]))) for name, each in spoken.items()}
    assert clips["#2"] == clips["@p2"]
    assert clips["#2"] != clips["#0"]
    assert clips[""] == clips["#0"]
    assert spoken["#2"].identity == spoken["@p2"].identity != spoken["#0"].identity


@needs_piper
def test_the_identity_tells_of_the_files_and_not_where_they_lie(data: Path, tmp_path: Path) -> None:
    elsewhere = tinymodel.write_model(tmp_path / "else where", "mine")
    installed, own = voice("hum", data).identity, voice(str(elsewhere), data).identity
    assert installed == own
    tinymodel.write_model(tmp_path / "else where", "mine", loudness=0.25)
    os.utime(elsewhere, (1, 1))
    assert voice(str(elsewhere), data).identity != own
    assert voice("hum", data, 120).identity != installed


@needs_piper
def test_a_model_that_changed_is_loaded_anew(data: Path, tmp_path: Path) -> None:
    model = tinymodel.write_model(tmp_path, "mine")
    before = next(iter(voice(str(model), data).speak(["Breathe in"])))
    tinymodel.write_model(tmp_path, "mine", speakers=2)
    after = next(iter(voice(f"{model}#1", data).speak(["Breathe in"])))
    assert before != after


@needs_piper
def test_volume_comes_after_the_levels(data: Path) -> None:
    plain, softer = (
        next(iter(piper.KIND.find_voice("hum", settings(data, volume=volume)).speak([CALIBRATION])))
        for volume in (0.0, -6.0)
    )
    assert loudness(plain) - loudness(softer) == pytest.approx(6, abs=0.1)


@needs_piper
def test_each_sentence_has_the_level_that_the_model_gives_it(tmp_path: Path) -> None:
    loaded = piper.load_model(tinymodel.write_model(tmp_path, "soft", loudness=0.125))
    assert max(abs(sample) for (sample,) in iter_unpack("<h", loaded.say("Sit down.", 1.0, None).pcm)) < 4_200


@needs_piper
def test_phonemes_are_spoken_in_the_place_of_a_word(data: Path) -> None:
    hum = voice("en_US-hum-low", data)
    dog, cow, other, word = hum.speak(
        ["[Dog](/kˈæt/) sits.", "[Cow](/kæt/) sits.", "[Dog](/kætrə/) sits.", "Dog sits."]
    )
    assert dog == cow
    assert len({dog.pcm, other.pcm, word.pcm}) == 3


@needs_piper
def test_a_long_text_is_given_to_the_model_in_pieces(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = piper.load_model(piper_models.list_models(data)[1])
    given: list[str] = []
    spell = loaded._voice.phonemize  # noqa: SLF001

    def heard(text: str) -> object:
        given.append(text)
        return spell(text)

    monkeypatch.setattr(loaded._voice, "phonemize", heard)  # noqa: SLF001
    text = "Let the breath come and go, and let it be soft, " * 100
    assert len(text) > 2 * piper.LONGEST
    assert loaded.say(text, 1.0, None).seconds > 100
    assert max(map(len, given)) <= piper.LONGEST
    assert {word for piece in given for word in piece.split()} == set(text.split())


@needs_piper
@pytest.mark.parametrize("text", ["", "  ", "…", "\u200b", "a\x00b", "\ud800"])
def test_what_has_no_sound_is_refused(data: Path, text: str) -> None:
    with pytest.raises(VoiceError, match=r"(?s)^the voice .*\n"):
        list(voice("hum", data).speak([text]))


@needs_piper
def test_a_silent_model_is_named_and_nothing_is_kept(data: Path, tmp_path: Path) -> None:
    model = tinymodel.write_model(tmp_path, "mute", loudness=0.0)
    with pytest.raises(VoiceError, match="gave silence for"):
        list(CachedVoice(voice(str(model), data), tmp_path / "kept").speak(["Breathe in"]))
    assert not list(tmp_path.glob("kept/*/*.clip"))


@needs_piper
def test_clips_before_the_one_that_fails_are_given(data: Path) -> None:
    spoken = voice("hum", data).speak(["Breathe in", "", "Breathe out"])
    assert next(spoken).samples > 0
    with pytest.raises(VoiceError):
        next(spoken)


@needs_piper
@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x08" + bytes(90)])
def test_a_broken_model_is_told_in_two_lines(data: Path, tmp_path: Path, content: bytes) -> None:
    model = tinymodel.write_model(tmp_path, "broken")
    model.write_bytes(content)
    with pytest.raises(VoiceError) as caught:
        list(voice(str(model), data).speak(["In"]))
    assert str(caught.value).startswith(f"{model}: Piper can't load this model: ")
    assert len(str(caught.value).splitlines()) == 2


@needs_piper
@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"audio": 3}', "[" * 9_000, '{"espeak": {"voice": "en"}, "audio": {}}']
)
def test_a_broken_config_is_told(data: Path, tmp_path: Path, content: str) -> None:
    model = tinymodel.write_model(tmp_path, "broken")
    piper_models.find_config(model).write_text(content, encoding="utf-8")
    with pytest.raises(VoiceError, match="this is not the config of a Piper model\ninstall"):
        voice(str(model), data)


@needs_piper
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"audio": {"sample_rate": 22_055}}, "22055 samples a second"),
        ({"espeak": {"voice": "xx-none"}}, "could not say"),
    ],
)
def test_a_config_that_asks_for_what_is_not_there_is_told(
    data: Path, tmp_path: Path, changed: dict[str, object], told: str
) -> None:
    model = tinymodel.write_model(tmp_path, "odd")
    piper_models.find_config(model).write_text(json.dumps({**tinymodel.config(), **changed}), encoding="utf-8")
    with pytest.raises(VoiceError, match=told):
        list(voice(str(model), data).speak(["Breathe in"]))


@needs_piper
@pytest.mark.parametrize(
    ("name", "error", "told"),
    [
        (
            "en_US-humm-low",
            UnknownNameError,
            "did you mean 'en_US-hum-low'?\n'voicecoach voices get en_US-humm-low'",
        ),
        ("en_US", ChoiceError, "may mean several voices: piper:en_US-choir-medium, piper:en_US-hum-low"),
        ("choir#3", ChoiceError, "this model has no speaker #3; its speakers are #0 to #2"),
        ("hum#1", ChoiceError, "this model has no speaker #1; it has a single speaker: write no #"),
        ("choir@p9", UnknownNameError, "no speaker of this model is called 'p9'; there are: p0, p1, p2"),
        ("#3", ChoiceError, "is not the name of a Piper voice\nwrite piper:NAME"),
        ("choir#x", ChoiceError, "is not the name of a Piper voice"),
        ("none/there.onnx", ChoiceError, "there.onnx: no such model"),
    ],
)
def test_a_name_that_is_wrong_is_told(data: Path, name: str, error: type[ChoiceError], told: str) -> None:
    with pytest.raises(error) as caught:
        voice(name, data)
    assert told in str(caught.value)


@needs_piper
def test_a_model_without_its_config_is_told(data: Path, tmp_path: Path) -> None:
    model = tinymodel.write_model(tmp_path, "alone")
    piper_models.find_config(model).unlink()
    with pytest.raises(ChoiceError, match=r"alone.onnx.json: its config is missing; put it beside the model"):
        voice(str(model), data)


@needs_piper
def test_a_pitch_that_is_asked_for_is_answered(data: Path) -> None:
    assert voice("hum", data).problems == ()
    (told,) = piper.KIND.find_voice("hum", settings(data, pitch=40)).problems
    assert "--pitch has no effect" in told


def test_installed_models_are_listed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piper_models, "check_version", lambda: "1.8.0")
    tinymodel.write_model(piper_models.models_folder(data), "de_DE-broken-high").with_suffix(".onnx.json").write_text(
        "", "utf-8"
    )
    (piper_models.models_folder(data) / "fr_FR-half-low.onnx").write_bytes(b"")
    choir, hum = (each for each in piper.KIND.list_voices(settings(data)) if each.ready)
    assert (choir.id, choir.name, choir.languages) == (
        "piper:en_US-choir-medium",
        "choir, medium, 3 speakers",
        ("en-us",),
    )
    assert (hum.id, hum.name, hum.kind) == ("piper:en_US-hum-low", "hum, low", "piper")
    assert choir.rank == hum.rank > 0
    (broken,) = (each for each in piper.KIND.list_voices(settings(data)) if not each.ready)
    assert (broken.id, broken.hint) == ("piper:de_DE-broken-high", "install or download the voice again")
    assert piper.KIND.list_voices(settings(None)) == []


def test_without_the_package_it_is_said_how_to_get_it(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_name: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr(piper_models, "version", none)
    needed = installers.name_command("piper-tts")
    assert {(each.ready, each.hint) for each in piper.KIND.list_voices(settings(data))} == {(False, needed)}
    with pytest.raises(VoiceError, match=r"^piper is not installed\n.*install .*piper-tts$"):
        voice("hum", data)


def test_a_package_that_is_too_old_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piper_models, "version", lambda _name: "1.2.0")
    with pytest.raises(VoiceError, match=r"piper-tts 1.2.0 is too old\n.*install .*--upgrade piper-tts$"):
        voice("hum", data)


@pytest.mark.parametrize("text", ["One. Two. " * 90, "word " * 300, "呼吸" * 400, "a, b; " * 100, "x" * 1000])
def test_pieces_lose_no_letter(text: str) -> None:
    parted = list(piper.split_text(text))
    assert "".join("".join(parted).split()) == "".join(text.split())
    assert all(0 < len(piece) <= piper.LONGEST for piece in parted)
