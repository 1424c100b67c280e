"""hibari's voices with a worker that hums, and the parts of the real worker that need no model."""

from __future__ import annotations

import hashlib
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.errors import UnknownNameError, VoiceError
from voicecoach.system import folders
from voicecoach.voices import finding
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.neural import worker
from voicecoach.voices.neural.hibari import model
from voicecoach.voices.neural.hibari import voice as hibari
from voicecoach.voices.neural.hibari.text import rewrite
from voicecoach.voices.neural.hibari.voice import HibariVoice, Model, write_text
from voicecoach.voices.pool import IdleSpeakers
from voicecoach.voices.port import Settings
from voicecoach.voices.testing import VoiceContract

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voicecoach.voices.port import Voice

pytestmark = pytest.mark.usefixtures("_encode_once")
CALIBRATION = "Sit tall with your shoulders low, and follow the breath as it slowly comes and goes."

# A worker that hums: 60 ms for each phoneme at a speed of 1. "zzz" has no sound; a state file says what goes wrong.
HUM = r"""
import array, json, math, os, signal, sys, wave
from pathlib import Path

state = Path(sys.argv[1])
(state / f"{os.getpid()}.pid").touch()
fault = (state / "fault").read_text() if (state / "fault").exists() else ""
setup = json.loads(sys.stdin.readline())
if fault == "ill": os.kill(os.getpid(), signal.SIGILL)
if fault == "broken": print(json.dumps({"error": "libonnxruntime.so: cannot open shared object file"}), flush=True)
else: print(json.dumps({"ready": 1}), flush=True)

def read(text):
    sounds = [each.strip(".,") for each in text.split() if any(map(str.isalpha, each))]
    return {"sentences": [" ".join(sounds)] if sounds else [], "unread": [each for each in sounds if "zzz" in each]}

for line in sys.stdin:
    asked = json.loads(line)
    if asked["do"] == "read":
        (state / "read").open("a").write("read\n")
        print(json.dumps({"read": {} if fault == "nonsense" else [read(each) for each in asked["texts"]]}), flush=True)
        continue
    length = sum(map(len, asked["sentences"]))
    count, period = 1440 * length * 1000 // asked["rate"], 100 + length % 7
    turn = array.array("h", [round(9000 * math.sin(math.tau * at / period)) for at in range(period)])
    hum = (turn * (count // period + 1))[:count].tobytes()
    with wave.open(asked["path"], "wb") as file:
        file.setparams((1, 2, 24000, 0, "NONE", ""))
        file.writeframes(bytes(6000) + hum + bytes(6000))
    print(json.dumps({"done": asked["path"]}), flush=True)
"""


class Stage:
    """A package that is installed, as far as a voice looks, and a worker that hums."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self.state.mkdir()
        (folder / "hum.py").write_text(HUM, encoding="utf-8")
        self.model = folder / "hibari" / "assets" / "hibari.onnx"
        self.model.parent.mkdir(parents=True)
        self.model.write_bytes(b"a model")
        self.command = (sys.executable, "-IS", str(folder / "hum.py"), str(self.state))
        self.kept = folder / "kept"

    def voice(self, **others: Any) -> HibariVoice:  # noqa: ANN401 - settings of a voice
        return HibariVoice("heart", CALIBRATION, folder=self.kept, command=self.command, patience=20.0, **others)

    def fail(self, fault: str) -> None:
        (self.state / "fault").write_text(fault)

    @property
    def started(self) -> int:
        return len(list(self.state.glob("*.pid")))


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage(tmp_path)
    sha256 = hashlib.sha256(b"a model").hexdigest()[:16]
    monkeypatch.setattr(
        hibari, "MODELS", {**hibari.MODELS, "heart": Model("hibari.onnx", sha256, "en-us", inside=True)}
    )
    monkeypatch.setattr(hibari, "find_folder", lambda module: tmp_path / module)
    monkeypatch.setattr(hibari, "find_version", lambda distribution, _module: f"0 of {distribution}")
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path / "others"))
    return made


def settings(**others: Any) -> Settings:  # noqa: ANN401 - settings of a voice
    return Settings("en", CALIBRATION, **{"folder": folders.NO_FOLDER, **others})


class TestTheContract(VoiceContract):
    @pytest.fixture(autouse=True)
    def _stage(self, stage: Stage) -> Iterator[None]:
        self.stage = stage
        with closing(IdleSpeakers(1)) as self.idle:
            yield

    def voice(self) -> Voice:
        return replace(self.stage.voice(), idle=self.idle)


def test_a_clip_is_the_same_whoever_speaks_it_and_whatever_comes_before(stage: Stage) -> None:
    wordings = [f"breathe number {'x' * each}" for each in range(20)]
    alone = [clip for each in (wordings[19], wordings[3]) for clip in stage.voice(workers=1).speak([each])]
    together = list(stage.voice(workers=2).speak(wordings))
    assert [clip.pcm for clip in alone] == [together[19].pcm, together[3].pcm]


@pytest.mark.parametrize("rate", [105, 160, 300])
def test_the_rate_is_met_and_measured_once(stage: Stage, rate: int) -> None:
    (clip,) = stage.voice(rate=rate).speak([CALIBRATION])
    assert len(CALIBRATION.split()) * 60 / clip.seconds == pytest.approx(rate * HibariVoice.DENSE, rel=0.03)
    before = stage.started
    list(stage.voice(rate=rate).speak(["In"]))
    assert stage.started == before + 1


def test_nothing_is_started_for_words_that_are_kept(stage: Stage, tmp_path: Path) -> None:
    first = [clip.pcm for clip in CachedVoice(stage.voice(), tmp_path / "clips").speak(["In", "Out"])]
    before = stage.started
    assert [clip.pcm for clip in CachedVoice(stage.voice(), tmp_path / "clips").speak(["In", "Out"])] == first
    assert stage.started == before


def test_the_texts_of_a_session_are_read_by_one_worker(stage: Stage) -> None:
    list(stage.voice(workers=3).speak([f"breathe {'x' * each}" for each in range(30)]))
    assert (stage.state / "read").read_text().splitlines() == ["read"]
    assert stage.started == 3


def test_words_without_a_sound_are_named_and_nothing_is_spoken(stage: Stage) -> None:
    with pytest.raises(
        VoiceError, match="the voice has no sounds for 'zzz' in 'breathe zzz'\nwrite it in words of its language"
    ):
        list(stage.voice().speak(["In", "breathe zzz"]))


@pytest.mark.parametrize(
    ("wording", "word"),
    [("Breathe дыши", "дыши"), ("שלום", "שלום"), ("呼吸 in", "呼吸"), ("٣ breaths", "٣"), ("a Ω", "Ω")],
)
def test_letters_of_other_scripts_are_refused_by_name_before_anything_starts(
    stage: Stage, wording: str, word: str
) -> None:
    with pytest.raises(VoiceError, match=f"the voice can't read '{word}'") as caught:
        list(stage.voice().speak([wording]))
    assert len(str(caught.value).splitlines()) <= 3
    assert not stage.started


@given(st.text(alphabet="aéßñ 12.,-°½→…'🧘", max_size=20))
def test_latin_letters_digits_and_signs_are_handed_on(text: str) -> None:
    assert write_text(text).split() == rewrite(text).split()


@pytest.mark.parametrize("fault", ["ill", "broken", "nonsense"])
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_worker_that_does_not_start_is_an_error_of_three_lines(stage: Stage, fault: str) -> None:
    stage.fail(fault)
    with pytest.raises(VoiceError) as caught:
        list(stage.voice().speak(["In"]))
    first, second, third = str(caught.value).splitlines()
    assert first == "the voice hibari:heart can't be started"
    told = {"ill": "was killed by signal 4", "broken": "reports: libonnxruntime.so", "nonsense": "answered another"}
    assert second.startswith(f"its worker {told[fault]}")
    assert third == "'pip install hibari-tts --force-reinstall' may repair it, or choose another voice with --voice"


def test_a_model_that_is_damaged_is_refused_and_asked_for_nothing(stage: Stage) -> None:
    stage.model.write_bytes(b"a modem")
    with pytest.raises(
        VoiceError, match=r"hibari.onnx: the voice's model is damaged, or is a different one\n'pip install"
    ):
        list(stage.voice().speak(["In"]))
    with pytest.raises(VoiceError, match="damaged"):
        hibari.KIND.find_voice("heart", settings())
    assert not stage.started


def test_a_model_that_is_missing_is_an_error(stage: Stage) -> None:
    stage.model.unlink()
    with pytest.raises(VoiceError, match=r"hibari\.onnx: the model can't be read: no such file"):
        hibari.KIND.find_voice("heart", settings())


def test_without_the_package_the_voice_is_listed_with_what_to_do(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hibari, "find_folder", lambda module: None if module == "onnxruntime" else stage.kept)
    (listed,) = hibari.KIND.list_voices(settings())
    assert (listed.id, listed.ready, listed.hint) == ("hibari:heart", False, "'pip install hibari-tts' makes it ready")
    monkeypatch.setattr(hibari, "find_folder", lambda _module: None)
    with pytest.raises(VoiceError, match="hibari-tts is not installed"):
        hibari.KIND.find_voice("heart", settings())


def test_other_voices_are_listed_where_somebody_has_put_their_models(stage: Stage, tmp_path: Path) -> None:
    assert [each.id for each in hibari.KIND.list_voices(settings())] == ["hibari:heart"]
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / hibari.MODELS["emma"].file).write_bytes(b"another")
    heart, emma = hibari.KIND.list_voices(settings())
    assert (heart.languages, emma.id, emma.languages, emma.ready) == (("en-us",), "hibari:emma", ("en-gb",), True)
    with pytest.raises(
        VoiceError, match=r"bf_emma.int8.onnx: the voice's model is damaged.*\nput the right file there"
    ):
        hibari.KIND.find_voice("emma", settings())
    assert stage.model.exists()


def test_an_unknown_name_is_answered_with_those_that_are_there(stage: Stage) -> None:
    with pytest.raises(UnknownNameError, match="heart"):
        finding.find_voice("hibari:hart", settings())
    assert not stage.started


def test_the_voice_is_found_by_its_kind_and_by_its_name(stage: Stage) -> None:
    for name in ("hibari", "hibari:heart", "HIBARI:Heart", "heart"):
        found, listed = finding.find_voice(name, settings(folder=stage.kept))
        assert isinstance(found, HibariVoice)
        assert (listed.id, listed.rank) == ("hibari:heart", 0)


def test_everything_that_changes_the_sound_is_in_the_identity(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = stage.voice()
    others = [stage.voice(rate=120), stage.voice(pitch=40), replace(voice, calibration="Another, quite long sentence.")]
    assert len({each.identity for each in (voice, *others)}) == 4
    assert stage.voice(pitch=50).identity == voice.identity
    for each in ("0 of hibari-tts", "0 of onnxruntime", "0 of numpy", "numpy's FFT", "ffmpeg", "-1.2 semitones"):
        assert each in others[1].identity
    before = voice.identity_of("3x"), voice.shipped_identity_of("3x")
    monkeypatch.setattr(hibari, "rewrite", lambda wording: wording.replace("x", " times"))
    assert voice.identity_of("3x") != before[0]
    assert voice.shipped_identity_of("3x") != before[1]
    assert "onnxruntime" not in voice.shipped_identity_of("3x")


@given(st.integers(0, 100))
def test_a_pitch_is_six_semitones_from_the_middle_to_each_end(pitch: int) -> None:
    semitones = HibariVoice("heart", CALIBRATION, pitch=pitch)._semitones  # noqa: SLF001 - it goes into the setup
    assert semitones == pytest.approx((pitch - 50) * 0.12)


def test_the_worker_imports_nothing_of_ours_and_nothing_big_at_its_start() -> None:
    big = {"numpy", "onnxruntime", "hibari", "voicecoach"}
    assert not big & {*vars(worker), *vars(model)}
