"""The real voice of this system (pyttsx3, espeak-ng) and the real ffmpeg, together."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.loudness import loudness
from tests.spoken import VOICE
from voicecoach.app.request import Request
from voicecoach.app.session import plan
from voicecoach.audio import ffmpeg
from voicecoach.core.score import list_phrases
from voicecoach.errors import VoiceError
from voicecoach.language import language
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build
from voicecoach.script.choices import Choices
from voicecoach.voices import espeak, polish
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.system import PHRASES_A_WORKER, SystemVoice, catalogue, system_voice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.audio.clip import Clip

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the figures below are espeak's"),
    pytest.mark.usefixtures("_encode_once"),
]

TOP = Path(__file__).parent.parent.parent
CALM = "Sit tall, breathe out slowly, and let your shoulders become soft."
SENTENCES = [
    "Sit on the floor with your right leg stretched out in front of you.",
    "Bend forward from the waist, not from the neck.",
    "As you breathe out, fold a little further.",
    "Now place your left hand on your right thigh, and keep your back long.",
    "Come up again, as slowly as you went down.",
    "Rest here for one or two free breaths.",
]
CUES = ["In", "Out", "Hold", "And out, further"]


@pytest.fixture(scope="module")
def clips() -> dict[str, Clip]:
    wordings = SENTENCES + CUES
    return dict(zip(wordings, system_voice(None, "en", calibration=CALM).speak(wordings), strict=True))


def peak(pcm: bytes) -> int:
    return max(map(abs, memoryview(pcm).cast("h")), default=0)


def test_every_phrase_is_spoken_and_none_is_another(clips: dict[str, Clip]) -> None:
    assert len({clip.pcm for clip in clips.values()}) == len(SENTENCES + CUES)
    assert all(peak(clip.pcm) > 3_000 for clip in clips.values())


def test_every_sentence_is_equally_loud_and_none_too_loud(clips: dict[str, Clip]) -> None:
    assert [loudness(clips[each]) for each in SENTENCES] == pytest.approx([polish.TARGET] * len(SENTENCES), abs=0.5)
    assert max(peak(clip.pcm) for clip in clips.values()) < 32_768 * 10 ** ((polish.CEILING + 0.5) / 20)


def test_words_begin_and_end_with_their_clip(clips: dict[str, Clip]) -> None:
    for clip in clips.values():
        first, last = clip.pcm[: 2 * 720], clip.pcm[-2 * 1_920 :]  # 15 ms and 40 ms
        bound = peak(clip.pcm) * 10 ** (polish.QUIET / 20)
        assert peak(first) >= bound
        assert peak(last) >= bound


def test_instructions_are_spoken_at_a_calm_rate(clips: dict[str, Clip]) -> None:
    words = sum(len(each.split()) for each in SENTENCES)
    assert 120 <= words * 60 / sum(clips[each].seconds for each in SENTENCES) <= 145


def test_the_rate_holds_for_every_phrase_not_only_the_first() -> None:
    slow, fast = (list(SystemVoice("gmw/en-us", CALM, rate).speak(SENTENCES)) for rate in (150, 300))
    ratios = [float(a.seconds / b.seconds) for a, b in zip(slow, fast, strict=True)]
    assert min(ratios) > 1.5


def test_voices_variants_and_pitch_are_heard() -> None:
    voices = [SystemVoice("gmw/en-us", CALM), SystemVoice("gmw/en-us+f3", CALM), SystemVoice("gmw/de", CALM)]
    voices.append(replace(voices[0], pitch=20))
    spoken = [next(iter(voice.speak(["Breathe in"]))) for voice in voices]
    assert len({clip.pcm for clip in spoken}) == 4


def test_nothing_is_left_behind(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = children.read_text()
    assert len(list(SystemVoice("gmw/en-us", CALM, folder=kept).speak(["In", "Out"]))) == 2
    with pytest.raises(VoiceError):
        list(SystemVoice("gmw/nobody", CALM).speak(["In"]))
    assert list(tmp_path.iterdir()) == []
    assert children.read_text() == before


def test_a_voice_that_is_not_there_is_an_error_never_another_voice() -> None:
    with pytest.raises(VoiceError, match="EE_INTERNAL_ERROR while setting voice to gmw/nobody"):
        list(SystemVoice("gmw/nobody", CALM).speak(["In"]))


@pytest.mark.parametrize("wording", ["…", "\u200b"])
def test_what_has_no_sound_is_an_error_never_an_empty_clip(wording: str, kept: Path, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="twice\nits worker gave silence\nwrite it in words, or choose a voice"):
        list(CachedVoice(SystemVoice("gmw/en-us", CALM, folder=kept), tmp_path).speak([wording]))
    assert not list(tmp_path.rglob("*clip*"))


@pytest.mark.parametrize(
    ("voice", "wording", "least"),
    [
        ("gmw/en-us", "🙂", 1.0),
        ("gmw/en-us", "<break time='2s'/> breathe in", 3.0),
        ("gmw/en-us", "Sit, שב ישר, tall", 3.0),
        ("sem/he", "שב ישר ונשום לאט", 1.0),
        ("gmw/en-us", "\u202ebreathe in", 0.5),
    ],
)
def test_what_a_voice_reads_in_its_own_way_is_still_read_to_its_end(
    voice: str, wording: str, least: float, kept: Path
) -> None:
    (clip,) = SystemVoice(voice, CALM, folder=kept).speak([wording])
    assert clip.seconds > least


def test_who_writes_what_would_be_read_out_is_told_at_make_as_well(tmp_path: Path) -> None:
    routine = tmp_path / "odd.yaml"
    routine.write_text("title: Odd\nsteps:\n  - say: Breathe <b/> in\n  - say: Sit שב tall 🙂\n  - say: Lie down\n")
    told, counted = plan(Request(str(routine), voice=VOICE), tmp_path / "clips", lambda *_: None).warnings
    assert counted.startswith("3 warnings; ")
    assert told.startswith("'<b/>' is read out as it stands; write words alone; 'settle' and 'rest' leave time")
    assert told.endswith(" (and 2 more)"), "the other line says where"


def test_ten_thousand_characters_are_spoken_to_their_end() -> None:
    voice = SystemVoice("gmw/en-us", CALM)
    thousand, all_of_it = voice.raw(["and breathe. " * 77, "and breathe. " * 770], setting=450)
    assert all_of_it.seconds == pytest.approx(10 * thousand.seconds, rel=0.02)


def test_a_phrase_is_the_same_to_the_byte_whatever_is_spoken_before_it_and_by_which_worker(
    kept: Path,
) -> None:
    voice = SystemVoice("gmw/en-us", CALM, folder=kept)
    wordings = [*SENTENCES, *CUES, "Hold for 1", "Hold for 2"]
    assert len(wordings) >= 2 * PHRASES_A_WORKER
    alone = [next(iter(voice.speak([each]))) for each in wordings[5:8]]
    shared = list(replace(voice, workers=2).speak(wordings))
    assert shared[5:8] == alone
    assert list(replace(voice, workers=1).speak(wordings[::-1]))[::-1] == shared


ORIGINALS = Path(__file__).parents[1] / "routine" / "originals"
"""Routines with longer sentences than the built-in ones: pauses between short ones would slow them down."""


def instructions(code: str) -> list[str]:
    """Return what a routine says in a language, but for what is only a few words."""
    name = "sitting-leg-stretch" if code == "en" else f"sitting-leg-stretch.{code}"
    routine = load_routine(str(ORIGINALS / f"{name}.yaml"))
    said = (phrase.wordings[0].said for phrase in list_phrases(build(routine, Choices())))
    return [each for each in dict.fromkeys(said) if len(each.split()) > 4]


@pytest.mark.parametrize(("code", "rate"), [("en", 200), ("de", 110), ("fr", 150), ("es", 300)])
def test_instructions_are_heard_at_the_rate_that_is_asked_for(code: str, rate: int, unlevelled: Path) -> None:
    calibration = language(code).word("calibration")
    said = instructions(code)
    clips = system_voice(None, code, calibration=calibration, rate=rate, folder=unlevelled).speak(said)
    words = sum(len(each.split()) for each in said)
    assert words * 60 / float(sum(clip.seconds for clip in clips)) == pytest.approx(rate, rel=0.1)


def test_a_full_disk_is_told_with_what_would_mend_it() -> None:
    worker = SystemVoice("gmw/en-us", CALM).command
    limited = f"ulimit -f 8; export PYTHONDONTWRITEBYTECODE=1; exec {shlex.join(worker)}"
    full = SystemVoice("gmw/en-us", CALM, command=("/bin/sh", "-c", limited))
    with pytest.raises(VoiceError, match=r"file too large\nmake room in .*, or name another folder in TM"):
        list(full.speak(["In"]))


def test_a_copy_that_espeak_takes_with_it_is_told(tmp_path: Path) -> None:
    """The process that speaks is shot in mid-phrase, each time."""
    shooting = tmp_path / "shooting.py"
    worker = Path(SystemVoice("gmw/en-us", CALM).command[-1])
    shooting.write_text(
        "import os, runpy, signal, wave\n"
        "wave.open = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"runpy.run_path({str(worker)!r}, run_name='__main__')\n"
    )
    voice = SystemVoice("gmw/en-us", CALM, command=(sys.executable, str(shooting)))
    with pytest.raises(VoiceError, match="reports: speaking ended with signal 9"):
        list(voice.speak(["In"]))


MAKE = "import sys; from voicecoach.__main__ import main; sys.argv[0] = 'voicecoach'; main()"


def test_who_stops_a_long_session_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    """An ffmpeg that stops us is chosen: by then the workers are in the middle of the next phrases."""
    steps = "".join(f"  - say: Phrase {number} of many\n" for number in range(60))
    (tmp_path / "many.yaml").write_text(f"title: Many\nsteps:\n{steps}")
    for folder in ("bin", "tmp", "cache", "config"):
        (tmp_path / folder).mkdir()
    fake = tmp_path / "bin" / "ffmpeg"
    twice = f'[ -e "{tmp_path}/first" ] && kill -TERM $PPID; touch "{tmp_path}/first"'
    once = f'case "$*" in *-version|*-encoders|*-filters) ;; *) {twice} ;; esac'
    fake.write_text(f'#!/bin/sh\n{once}\nexec "{ffmpeg.find_executable()}" "$@"\n')
    fake.chmod(0o755)
    mine = {"XDG_CACHE_HOME": "cache", "XDG_CONFIG_HOME": "config", "TMPDIR": "tmp"}
    env = {**os.environ, "PYTHONPATH": str(TOP), **{name: str(tmp_path / each) for name, each in mine.items()}}
    env["VOICECOACH_FFMPEG"] = str(fake)
    command = [sys.executable, "-c", MAKE, "make", "many.yaml", "--quiet"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (143, False)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list(of_folder(tmp_path)) == []
    assert not (tmp_path / "many.mp3").exists()


def of_folder(folder: Path) -> Iterator[str]:
    """Yield the processes that were given a temporary folder in this one."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"TMPDIR={folder}".encode() in (process / "environ").read_bytes():
                yield (process / "cmdline").read_text()


def test_odd_wordings_are_spoken_to_their_end(kept: Path) -> None:
    plain = ["Breathe", "Größe, naïve, 你好", "a < b & c > d", "-f /etc/hostname", '"quoted" \\ and\nbroken']
    clips = list(SystemVoice("gmw/en-us", CALM, folder=kept).speak(plain))
    assert all(clip.seconds > 0.2 for clip in clips)


def test_the_catalogue_has_many_languages_and_american_english_is_english(tmp_path: Path) -> None:
    found = catalogue(tmp_path)
    assert len(found.voices) > 50
    assert {"f3", "whisper"} <= set(found.variants)
    assert system_voice(None, "en", calibration=CALM, folder=tmp_path).voice == "gmw/en-us"
    assert system_voice(None, "de", calibration=CALM, folder=tmp_path).voice == "gmw/de"
    assert catalogue(tmp_path) == found


def test_a_long_install_path_does_not_stop_the_voice(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = espeak.find()
    if found.data is None:
        pytest.skip("the system's own espeak-ng is used")
    deep = tmp_path.joinpath(*["a-rather-long-folder-name"] * 8)
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(found.data)
    monkeypatch.setattr(espeak, "find", lambda: replace(found, data=str(deep / "espeak-ng-data")))
    assert len(list(SystemVoice("gmw/en-us", CALM, folder=kept).speak(["In"]))) == 1


def test_a_second_run_needs_no_voice(kept: Path, tmp_path: Path) -> None:
    first = list(CachedVoice(SystemVoice("gmw/en-us", CALM, folder=kept), tmp_path).speak(CUES))
    gone = CachedVoice(SystemVoice("gmw/en-us", CALM, command=("/nowhere/worker",)), tmp_path)
    assert list(gone.speak(CUES)) == first
    assert (gone.synthesised, gone.reused) == (0, len(CUES))


def test_asking_who_speaks_starts_no_process_and_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from voicecoach.voices.system import SystemVoice\n"
        "print(SystemVoice('gmw/en-us', 'calm').identity)\n"
        "print([each for each in ('pydub', 'pyttsx3', 'mutagen', 'imageio_ffmpeg') if each in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    identity, loaded = done.stdout.splitlines()
    assert "voice gmw/en-us, rate set to 102, pitch own" in identity
    assert loaded == "[]"
