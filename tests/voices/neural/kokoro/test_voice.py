"""Kokoro's voices as a kind: found, listed, refused. The model is a file of a few bytes, and its worker hums."""

from __future__ import annotations

import hashlib
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from voicecoach.errors import UnknownNameError, VoiceError
from voicecoach.voices import espeak, finding
from voicecoach.voices.espeak import Library
from voicecoach.voices.neural.kokoro import files, voice
from voicecoach.voices.neural.kokoro.voice import KIND, VERSION, KokoroVoice
from voicecoach.voices.pool import IdleSpeakers
from voicecoach.voices.port import Settings
from voicecoach.voices.testing import VoiceContract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.voices.port import Voice

CALIBRATION = "Siéntate con la espalda larga, deja caer los hombros, y sigue el aire, que viene y va despacio."
MODEL = b"a model"
pytestmark = pytest.mark.usefixtures("_encode_once")
WORKER = (sys.executable, "-IS", str(Path(__file__).parents[1] / "fake_model.py"))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the model be a few bytes, and the packages be there."""
    monkeypatch.setattr(files, "MODEL_BYTES", len(MODEL))
    monkeypatch.setattr(files, "MODEL_SHA256", hashlib.sha256(MODEL).hexdigest())
    monkeypatch.setattr(voice, "find_folder", Path)
    monkeypatch.setattr(voice, "find_version", lambda name: f"1 of {name}")
    monkeypatch.setattr(espeak, "find_library", lambda: Library("espeak-ng 1.52", "espeak", "lib.so", "data"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings with an installed model."""
    place = files.find_folder(tmp_path)
    place.mkdir()
    (place / files.MODEL).write_bytes(MODEL)
    return Settings("es", CALIBRATION, tmp_path / "cache", data=tmp_path)


class TestTheContract(VoiceContract):
    @pytest.fixture(autouse=True)
    def _settings(self, settings: Settings) -> Iterator[None]:
        self.settings = settings
        with closing(IdleSpeakers(1)) as self.idle:
            yield

    def voice(self) -> Voice:
        return replace(KIND.find_voice("ef_dora", self.settings), command=WORKER, idle=self.idle)


def test_an_installed_voice_is_ready_and_the_default_of_its_language(settings: Settings) -> None:
    assert {each.id: each.languages for each in KIND.list_voices(settings) if each.ready} == {
        "kokoro:bf_emma": ("en-gb",),
        "kokoro:ef_dora": ("es",),
        "kokoro:ff_siwis": ("fr-fr",),
    }
    for language, name in (("es", "ef_dora"), ("es-MX", "ef_dora"), ("fr", "ff_siwis"), ("en-GB", "bf_emma")):
        found, _ = finding.find_voice(None, replace(settings, language=language))
        assert isinstance(found, KokoroVoice)
        assert found.name == name


@pytest.mark.parametrize("there", [None, b"", MODEL + b"!"])
def test_without_the_model_the_hint_says_how_to_get_it(settings: Settings, there: bytes | None) -> None:
    assert settings.data
    model = files.find_model(settings.data)
    model.unlink() if there is None else model.write_bytes(there)
    hints = {each.id: each.hint for each in KIND.list_voices(settings)}
    assert hints["kokoro:ff_siwis"] == "voicecoach voices get fr"
    assert not any(each.ready for each in KIND.list_voices(settings))


def test_a_missing_package_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "find_folder", lambda name: None if name == "onnxruntime" else Path(name))
    assert {each.hint for each in KIND.list_voices(settings)} == {"'pip install onnxruntime' installs it"}
    with pytest.raises(VoiceError, match="need a package that is not installed\n'pip install onnxruntime'"):
        KIND.find_voice("ef_dora", settings)


def test_a_missing_espeak_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_library() -> Library:
        raise VoiceError("no speech library is installed")

    monkeypatch.setattr(espeak, "find_library", find_library)
    with pytest.raises(VoiceError, match="'pip install espeakng-loader' installs it"):
        KIND.find_voice("ef_dora", settings)


@pytest.mark.parametrize("name", ["ef_dora", "dora", "Dora", "EF_DORA"])
def test_a_voice_is_found_by_its_name_or_a_part_of_it(settings: Settings, name: str) -> None:
    assert KIND.find_voice(name, settings).name == "ef_dora"


@pytest.mark.parametrize("name", ["", "_", "zz", "f_"])
def test_an_unknown_or_ambiguous_name_is_refused(settings: Settings, name: str) -> None:
    with pytest.raises(UnknownNameError, match="no Kokoro voice is called"):
        KIND.find_voice(name, settings)


def test_a_voice_that_is_not_installed_says_the_command(settings: Settings, tmp_path: Path) -> None:
    for data in (None, tmp_path / "elsewhere"):
        with pytest.raises(VoiceError, match="'voicecoach voices get en-gb' installs it"):
            KIND.find_voice("bf_emma", replace(settings, data=data))


def test_a_damaged_model_is_refused_and_how_to_replace_it(settings: Settings) -> None:
    found = KIND.find_voice("ef_dora", settings)
    found.model.write_bytes(b"b model")
    damaged = pytest.raises(
        VoiceError, match="the voice's model is damaged\n'voicecoach voices get es' installs it again"
    )
    with damaged:
        list(found.speak(["Inhala"]))
    with damaged:
        KIND.find_voice("ef_dora", settings)


def test_letters_of_another_script_are_refused_by_name(settings: Settings) -> None:
    found = replace(KIND.find_voice("ef_dora", settings), command=WORKER)
    with pytest.raises(VoiceError, match="the voice kokoro:ef_dora can't read '呼' in 'Inhala 呼吸'"):
        list(found.speak(["Inhala 呼吸"]))


def test_a_pitch_changes_nothing_and_the_listener_is_warned(settings: Settings) -> None:
    plain, pitched = KIND.find_voice("dora", settings), KIND.find_voice("dora", replace(settings, pitch=40))
    assert pitched.identity == plain.identity
    assert "--pitch has no effect" in pitched.problems[0]
    assert not plain.problems


def test_everything_that_changes_the_sound_is_in_the_identity(settings: Settings) -> None:
    found = KIND.find_voice("ef_dora", settings)
    for each in ("1 of onnxruntime", "1 of numpy", "espeak-ng 1.52", "roa/es", "ef_dora", f"way {VERSION}", "ffmpeg"):
        assert each in found.identity
    others = (KIND.find_voice("ff_siwis", settings), replace(found, rate=140), replace(found, calibration="Otra."))
    assert len({each.identity for each in (found, *others)}) == len(others) + 1
