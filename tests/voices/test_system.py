from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from voicecoach.audio.clip import Clip
from voicecoach.errors import UnknownNameError, VoiceError
from voicecoach.system import cache
from voicecoach.voices import espeak, polish
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.espeak import Library
from voicecoach.voices.pool import IdleSpeakers
from voicecoach.voices.supervisor import Fault, Worker
from voicecoach.voices.system import BATCH, PHRASES_A_WORKER, SystemVoice, catalogue, system_voice

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# A worker that speaks tones, and does wrong what it is told to, as often as it is told to, at the phrase "bad".
FAKE = r"""
import math, os, struct, sys, time

state, fault, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
open(f"{state}/{os.getpid()}.pid", "w").close()
if os.path.exists(f"{state}/flood"):
    for _ in range(300): os.write(2, b"espeak: nothing works " * 800)

def parse(line):
    return eval(line, {"null": None, "true": True, "false": False})  # the import of json takes longer than all else

def show(answer):
    import json
    print(json.dumps(answer), flush=True)

print('{"ready": 1}' if parse(sys.stdin.readline()) else "", flush=True)

def tone(path, text, rate):
    period = 5 + len(text)
    wave = struct.pack(f"<{6 * period}h", *(round(9000 * math.sin(k * math.tau / period)) for k in range(6 * period)))
    write(path, wave * round((6000 + 400 * len(text)) / (6 * period) * 100 / (rate or 100)))

def write(path, pcm):
    form = 16, 1, 1, 22050, 44100, 2, 16
    head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(pcm), b"WAVEfmt ", *form, b"data", len(pcm))
    with open(path, "wb") as file:
        file.write(head + pcm)

def answer(path):
    print(f'{{"done": "{path}"}}', flush=True)

def hang(path): time.sleep(600)
def die(path): os.kill(os.getpid(), 9)
def fail(path): print("espeak: no such thing", file=sys.stderr, flush=True); os._exit(1)
def leave(path): os._exit(0)
def garbage(path): print("Audio saved", flush=True)
def number(path): print("7", flush=True)
def nothing(path): answer(path)
def silence(path): write(path, bytes(20000)); answer(path)
def empty(path): write(path, b""); answer(path)
def text(path): open(path, "w").write("no sound"); answer(path)
def cut(path): tone(path, "bad", 100); os.truncate(path, 3001); answer(path)
def longer(path): tone(path, "bad", 100); open(path, "ab").write(bytes(99)); answer(path)
def minutes(path): write(path, b"\0\x20" * 4_000_000); answer(path)
def blip(path): write(path, b"\0\x20" * 9); answer(path)
def rate(path): tone(path, "bad", 100); patch(path, 24, 44100); answer(path)
def nought(path): tone(path, "bad", 100); patch(path, 24, 0); answer(path)
def huge(path): tone(path, "bad", 100); os.truncate(path, 3_000_000_000); answer(path)
def folder(path): os.mkdir(path); answer(path)
def pipe(path): os.mkfifo(path); answer(path)
def link(path): os.symlink("/dev/zero", path); answer(path)
def stereo(path): tone(path, "bad", 100); patch(path, 22, 0x56220002); answer(path)
def other(path): answer(path + ".wav")
def twice(path): answer(path); answer(path); hang(path)
def endless(path):
    while True: answer(path * 99)
def error(path): show({"error": "it hurts"})
def escape(path): show({"error": "it hurts\n\x1b[2J" * 999})
def loud(path): print("espeak: \x1b[2J" * 99, file=sys.stderr, flush=True); os._exit(1)
def full(path): show({"error": "no space left on device: " + path})
def interrupt(path): os.kill(os.getppid(), 2); hang(path)

def patch(path, at, value):
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(struct.pack("<I", value))

for line in sys.stdin:
    request = parse(line)
    if request["do"] == "voices":
        voice = {"id": "x/en", "name": "X", "languages": ["en"], "gender": ""}
        show({"voices": [voice], "variants": ["f3"]})
        continue
    done = sum(name.endswith(".fault") for name in os.listdir(state))
    if request["text"] == "bad" and done < times:
        open(f"{state}/{done}.fault", "w").close()
        globals()[fault](request["path"])
    else:
        tone(request["path"], request["text"], request["rate"])
        open(f"{state}/said.txt", "a").write(request["text"] + "\n")
        answer(request["path"])
"""

FAULTS = {
    "hang": r"gave no answer in",
    "die": r"was killed by signal 9",
    "fail": r"ended with exit status 1 \(espeak: no such thing\)",
    "leave": r"ended with exit status 0",
    "garbage": r"sent an invalid answer: b'Audio saved",
    "number": r"sent an invalid answer",
    "nothing": r"wrote no sound",
    "silence": r"gave silence\nwrite it in words, or choose a voice that speaks their language",
    "empty": r"gave silence",
    "text": r"wrote a file that is not sound",
    "cut": r"wrote 3,001 bytes of a file of ",
    "longer": r"wrote [\d,]+ bytes of a file of ",
    "minutes": r"wrote 8 MB, which can't be these words",
    "blip": r"gave 0.000408 s of sound, which can't be these words",
    "rate": r"wrote sound of 44,100 samples a second in 1 channels",
    "nought": r"wrote sound of 0 samples a second|wrote a file that is not sound",
    "huge": r"wrote 3,000 MB, which can't be these words",
    "folder": r"wrote no sound",
    "pipe": r"wrote no sound",
    "link": r"wrote no sound",
    "stereo": r"wrote sound of 22,050 samples a second in 2 channels",
    "other": r"answered another request",
    "twice": r"wrote no sound",
    "endless": r"answered another request",
    "error": r"reports: it hurts",
    "escape": r"its worker reports: it hurts \[2Jit hurts \[2Jit.{250,300}…$",
    "loud": r"ended with exit status 1 \(espeak: \[2Jespeak: \[2J[^\x1b]{90,130}…\)$",
    "full": r"no space left on device: .*\nmake room in .*, or name another folder in TMPDIR",
}


pytestmark = pytest.mark.usefixtures("_encode_once")


class Stage:
    """A fake worker's scene: what it left, who is still there."""

    def __init__(self, folder: Path) -> None:
        self.state, self.temporary = folder / "state", folder / "tmp"
        self.script = folder / "fake_worker.py"
        for each in (self.state, self.temporary):
            each.mkdir()
        self.script.write_text(FAKE)

    def voice(self, fault: str = "", times: int = 0, **settings: Any) -> SystemVoice:  # noqa: ANN401
        command = self.command(fault, times)
        given = {"calibration": "a calm sentence", "patience": 5.0, **settings}
        return SystemVoice("x/en", command=command, **given)

    def command(self, fault: str = "", times: int = 0) -> tuple[str, ...]:
        import sys

        return (sys.executable, "-IS", str(self.script), str(self.state), fault, str(times))

    @property
    def said(self) -> list[str]:
        return (self.state / "said.txt").read_text().splitlines()

    @property
    def started(self) -> int:
        return len(list(self.state.glob("*.pid")))

    def check_empty(self) -> None:
        assert list(self.temporary.iterdir()) == []
        for pid in self.state.glob("*.pid"):
            with pytest.raises(ProcessLookupError):
                os.kill(int(pid.stem), 0)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(stage.temporary))
    yield stage
    stage.check_empty()


def test_each_wording_gives_its_own_clip_in_order_from_one_worker(stage: Stage) -> None:
    clips = list(stage.voice().speak(["longest of them", "short", "longest of them"]))
    assert clips[0] == clips[2]
    assert clips[0].samples > clips[1].samples
    assert stage.started == 1


@pytest.mark.parametrize("fault", ["hang", "die", "leave", "garbage", "nothing", "cut", "folder", "twice"])
def test_a_worker_that_fails_once_is_started_anew_and_nothing_is_missing(stage: Stage, fault: str) -> None:
    voice = stage.voice(fault, 1, patience=1.0 if fault == "hang" else 5.0)
    clips = list(voice.speak(["good", "bad", "better"]))
    assert len(clips) == 3
    assert clips[1].samples < clips[0].samples < clips[2].samples
    assert stage.started == 2


@pytest.mark.parametrize("fault", FAULTS)
def test_a_worker_that_fails_twice_is_an_error_that_names_phrase_and_fault(stage: Stage, fault: str) -> None:
    voice = stage.voice(fault, 2, patience=0.5 if fault == "hang" else 5.0)
    with pytest.raises(VoiceError, match=FAULTS[fault]) as caught:
        list(voice.speak(["good", "bad"]))
    assert str(caught.value).startswith("the voice could not say 'bad', twice\nits worker ")
    assert len(str(caught.value).splitlines()) <= 3
    assert stage.started == 2


def test_a_worker_that_says_a_lot_on_its_stderr_blocks_nothing_and_fills_no_disk(stage: Stage) -> None:
    (stage.state / "flood").touch()
    assert len(list(stage.voice().speak(["good"]))) == 1
    assert stage.started == 1


def asked_often(worker: Worker, patience: float = 5.0) -> None:
    for _ in range(50):
        worker.ask({}, patience)


def test_an_answer_that_nobody_asked_for_is_a_fault_and_not_the_next_one(stage: Stage) -> None:
    twice = "import sys\nfor line in sys.stdin: print('{}\\n{}', flush=True)"
    with Worker((stage.command()[0], "-c", twice), {}, 30.0) as worker:
        worker.set_up()
        first = worker._answers.get(timeout=30)  # noqa: SLF001 - of the two answers to the setup
        worker._answers.put(worker._answers.get(timeout=30))  # noqa: SLF001 - now the second answer is there
        worker._answers.put(first)  # noqa: SLF001 - their order does not matter
        with pytest.raises(Fault, match="sent an unexpected answer"):
            worker.ask({}, 30.0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only there a process copies itself")
def test_what_a_dead_worker_started_ends_with_it(stage: Stage) -> None:
    script = "import os, time\nif os.fork(): print('{}', flush=True); os._exit(1)\ntime.sleep(99)"
    with Worker((stage.command()[0], "-c", script), {}, 5.0) as worker, pytest.raises(Fault, match="gave no answer"):
        asked_often(worker, 0.2)
    messages = worker._messages  # noqa: SLF001 - a pipe that the copy holds as well
    messages.text(20)
    assert not messages.thread.is_alive()


def test_an_interrupt_in_mid_phrase_leaves_nothing(stage: Stage) -> None:
    with pytest.raises(KeyboardInterrupt):
        list(stage.voice("interrupt", 1).speak(["bad"]))
    assert stage.started == 1


def test_a_reader_who_stops_early_leaves_nothing(stage: Stage) -> None:
    spoken = stage.voice().speak(["one"] * 60)
    next(spoken)
    spoken.close()  # type: ignore[attr-defined] # it is a generator
    stage.check_empty()


def test_a_worker_that_can_not_be_started_is_an_error(stage: Stage) -> None:
    voice = SystemVoice("x", "a calm sentence", command=(str(stage.state / "nothing"),))
    with pytest.raises(VoiceError, match="could not be started: no such file"):
        list(voice.speak(["in"]))


def test_nothing_to_say_starts_nothing(stage: Stage) -> None:
    assert list(stage.voice().speak([])) == []
    assert stage.started == 0


def test_where_a_process_is_good_for_one_phrase_each_phrase_has_its_own(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espeak, "find", lambda: Library("fake"))
    assert len(list(stage.voice().speak(["one", "two", "three"]))) == 3
    assert stage.started == 4  # and one for the calibration sentence


def test_a_voice_is_tuned_once(stage: Stage, tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    first = list(stage.voice(folder=facts).speak(["in"]))
    assert list(stage.voice(folder=facts).speak(["in"])) == first
    assert stage.said == ["a calm sentence", "in", "in"]
    cache.remember(facts, f"tuning of {stage.voice().identity}", {"setting": 120, "gain": 30.0})
    (changed,) = stage.voice(folder=facts).speak(["in"])
    assert changed.samples < first[0].samples


@pytest.mark.parametrize("kept", [7, {}, {"setting": 9_999, "gain": 1.0}, {"setting": 120, "gain": None}])
def test_a_damaged_tuning_is_measured_anew(stage: Stage, tmp_path: Path, kept: object) -> None:
    cache.remember(tmp_path, f"tuning of {stage.voice().identity}", kept)
    assert len(list(stage.voice(folder=tmp_path).speak(["in"]))) == 1
    assert stage.said == ["a calm sentence", "in"]


@pytest.mark.parametrize("rate", [220, 300, 400])
def test_a_rate_that_is_asked_for_is_measured_and_met(stage: Stage, tmp_path: Path, rate: int) -> None:
    words = "stretching lengthening breathing following resting settling returning"
    voice = stage.voice(calibration=words, rate=rate, folder=tmp_path / "facts")
    (clip,) = voice.speak([words])
    assert 7 * 60 / float(clip.seconds) == pytest.approx(rate, rel=0.05)
    heard = len(stage.said)
    assert 2 <= heard <= 5
    list(voice.speak([words]))
    assert len(stage.said) == heard + 1


def test_where_words_are_not_parted_a_rate_is_set_and_not_measured(stage: Stage) -> None:
    assert len(list(stage.voice(calibration="背筋を伸ばして、ゆっくり息を吸います", rate=160).speak(["in"]))) == 1
    assert len(stage.said) == 2


PHRASES = [f"phrase {'very ' * (number % 7)}{number}" for number in range(40)]


def test_several_workers_give_what_one_gives_in_order(stage: Stage) -> None:
    alone = list(stage.voice(workers=1).speak(PHRASES))
    assert stage.started == 1
    shared = list(stage.voice(workers=3).speak(PHRASES))
    assert stage.started == 4
    assert shared == alone
    assert sorted(stage.said) == sorted([*PHRASES, *PHRASES, "a calm sentence", "a calm sentence"])


def test_a_few_phrases_are_not_worth_a_second_worker(stage: Stage) -> None:
    assert len(list(stage.voice(workers=4).speak(PHRASES[:11]))) == 11
    assert stage.started == 1


@pytest.mark.parametrize("fault", ["die", "garbage", "nothing"])
def test_one_of_several_workers_that_fails_once_loses_nothing(stage: Stage, fault: str) -> None:
    clips = list(stage.voice(fault, 1, workers=2).speak([*PHRASES[:20], "bad", *PHRASES[20:]]))
    assert len(clips) == 41
    assert stage.started == 3


def test_clips_before_a_phrase_that_fails_are_given(stage: Stage) -> None:
    given: list[Clip] = []
    with pytest.raises(VoiceError, match="could not say 'bad', twice"):
        given.extend(stage.voice("die", 2, workers=2).speak([*PHRASES[:20], "bad", *PHRASES[20:]]))
    assert len(given) == 20


def test_nothing_is_kept_of_a_phrase_that_fails(stage: Stage, tmp_path: Path) -> None:
    cached = CachedVoice(stage.voice("silence", 2), tmp_path / "clips")
    with pytest.raises(VoiceError):
        list(cached.speak(["good", "bad"]))
    again = CachedVoice(stage.voice(), tmp_path / "clips")
    assert len(list(again.speak(["good", "bad"]))) == 2
    assert (again.synthesised, again.reused) == (1, 1)


def test_several_workers_interrupted_in_mid_phrase_leave_nothing(stage: Stage) -> None:
    with pytest.raises(KeyboardInterrupt):
        list(stage.voice("interrupt", 1, workers=2).speak([*PHRASES[:20], "bad", *PHRASES[20:]]))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("voice")]


def test_who_stops_several_workers_early_waits_for_none(stage: Stage) -> None:
    spoken = stage.voice("hang", 9, workers=2, patience=500.0).speak([*PHRASES[:20], "bad", *PHRASES[20:]])
    next(spoken)
    spoken.close()  # type: ignore[attr-defined] # it is a generator
    stage.check_empty()


def test_a_thousand_phrases_leave_nothing_behind(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polish, "polish", lambda raws, _gain: [Clip(raw.pcm[:2]) for raw in raws])
    clips = stage.voice(workers=2).speak([str(number) for number in range(1_000)])
    assert sum(1 for _ in clips) == 1_000
    assert stage.started == 2


@pytest.mark.parametrize("wording", ["", " ", "a\0b", "half \ud83d of it"])
def test_what_no_voice_can_be_handed_starts_nothing(stage: Stage, wording: str) -> None:
    with pytest.raises(VoiceError) as caught:
        list(stage.voice().speak(["good", wording]))
    assert len(str(caught.value).splitlines()) == 2
    assert stage.started == 0


def test_a_place_without_room_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(stage.temporary / "gone"))
    with pytest.raises(VoiceError, match="no folder to work in: no such file or directory\nmake room, or name one in"):
        list(stage.voice().speak(["in"]))


def test_the_identity_tells_apart_all_that_sounds_different() -> None:
    same = SystemVoice("x/en", "calm")
    others = [
        SystemVoice("x/de", "calm"),
        SystemVoice("x/en", "very calm"),
        SystemVoice("x/en", "calm", rate=99),
        SystemVoice("x/en", "calm", pitch=40),
    ]
    assert len({voice.identity for voice in [same, *others]}) == 5
    assert same.identity == SystemVoice("x/en", "calm", folder=Path("elsewhere"), patience=1.0).identity
    assert "\n" not in same.identity


def test_the_list_of_voices_is_asked_for_once(stage: Stage, tmp_path: Path) -> None:
    lists = [catalogue(tmp_path / "facts", command=stage.command()) for _ in range(2)]
    assert lists[0] == lists[1]
    assert lists[0].voices[0].id == "x/en"
    assert stage.started == 1


def test_a_damaged_list_of_voices_is_made_anew(stage: Stage, tmp_path: Path) -> None:
    cache.remember(tmp_path / "facts", f"voices of {espeak.find()}", {"voices": 3})
    assert catalogue(tmp_path / "facts", command=stage.command()).variants == ("f3",)


def test_a_list_that_fails_twice_is_an_error(stage: Stage) -> None:
    with pytest.raises(VoiceError, match="could not be listed\nthe voice worker ended with exit status 7"):
        catalogue(command=(stage.command()[0], "-c", "raise SystemExit(7)"))


def test_a_voice_is_found_by_what_the_list_holds(stage: Stage, tmp_path: Path) -> None:
    catalogue(tmp_path / "facts", command=stage.command())
    assert system_voice("X", "de", calibration="calm", folder=tmp_path / "facts").voice == "x/en"
    with pytest.raises(UnknownNameError):
        system_voice("nobody", "de", calibration="calm", folder=tmp_path / "facts")


def test_a_worker_that_is_asked_after_its_end_is_a_fault_not_a_hang(stage: Stage) -> None:
    with Worker(stage.command("leave", 9), {"driver": None}, 5.0) as worker:
        for _ in range(3):
            with pytest.raises(Fault, match="ended with exit status 0"):
                worker.ask({"do": "say", "text": "bad", "path": ""}, 5.0)


# Workers that keep running

MANY = [f"phrase {number}" for number in range(2 * PHRASES_A_WORKER)]


@pytest.fixture
def idle() -> Iterator[IdleSpeakers]:
    with closing(IdleSpeakers(2)) as idle:
        yield idle


def test_workers_that_wait_speak_again(stage: Stage, idle: IdleSpeakers) -> None:
    alone = list(stage.voice().speak(MANY))
    before = stage.started
    voice = stage.voice(idle=idle, workers=2)
    assert list(voice.speak(MANY)) == alone
    assert stage.started == before + 2
    assert list(voice.speak(MANY)) == alone
    assert len(list(replace(voice, rate=150).speak(MANY[:3]))) == 3
    assert stage.started == before + 2


def test_a_worker_waits_also_if_nobody_asks_for_the_end_of_its_phrases(stage: Stage, idle: IdleSpeakers) -> None:
    """A cache takes as many clips as it needs, and not the end after them."""
    voice = stage.voice(idle=idle, workers=2)
    for _ in range(2):
        spoken = voice.speak(MANY)
        assert len([next(spoken) for _ in MANY]) == len(MANY)
        cast("Generator[Clip]", spoken).close()
    assert stage.started == 2


def test_workers_in_the_middle_of_a_phrase_do_not_wait(stage: Stage, idle: IdleSpeakers) -> None:
    voice = stage.voice(idle=idle, workers=2)
    spoken = voice.speak([*MANY, *(f"another {number}" for number in range(60))])
    next(spoken)
    cast("Generator[Clip]", spoken).close()
    assert len(list(voice.speak(MANY))) == len(MANY)
    assert stage.started == 4


def test_after_a_failure_the_next_words_are_spoken(stage: Stage, idle: IdleSpeakers) -> None:
    voice = stage.voice("die", 2, idle=idle)
    with pytest.raises(VoiceError, match="twice\nits worker was killed by signal 9"):
        list(voice.speak(["good", "bad", "better"]))
    assert len(list(voice.speak(["good", "bad", "better"]))) == 3


def test_a_worker_that_dies_while_it_waits_is_replaced(stage: Stage, idle: IdleSpeakers) -> None:
    voice = stage.voice(idle=idle)
    first = list(voice.speak(["one", "two"]))
    (pid,) = (int(path.stem) for path in stage.state.glob("*.pid"))
    os.kill(pid, signal.SIGKILL)
    assert list(voice.speak(["one", "two"])) == first
    assert stage.started == 2


def test_a_folder_that_somebody_removed_is_made_again(stage: Stage, idle: IdleSpeakers) -> None:
    voice = stage.voice(idle=idle)
    first = list(voice.speak(["one"]))
    (folder,) = stage.temporary.iterdir()
    shutil.rmtree(folder)
    assert list(voice.speak(["one"])) == first


def test_only_some_workers_wait_those_of_the_last_voices(stage: Stage, idle: IdleSpeakers) -> None:
    voices = [replace(stage.voice(idle=idle), pitch=pitch) for pitch in (10, 20, 30)]
    for voice in (*voices, voices[2], voices[1]):
        list(voice.speak(["one"]))
    assert stage.started == 3
    list(voices[0].speak(["one"]))
    assert stage.started == 4


def test_what_is_spoken_at_the_end_is_spoken_to_its_end(stage: Stage) -> None:
    idle = IdleSpeakers(2)
    voice = stage.voice(idle=idle)
    spoken = voice.speak([f"phrase {number}" for number in range(2 * BATCH)])
    first = next(spoken)
    idle.close()
    assert len([first, *spoken]) == 2 * BATCH
    assert len(list(voice.speak(["late"]))) == 1
    stage.check_empty()


def test_many_threads_speak_at_once_and_few_workers_wait(stage: Stage, idle: IdleSpeakers) -> None:
    voice = stage.voice(idle=idle)
    alone = list(voice.speak(MANY[:3]))
    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(lambda _: list(voice.speak(MANY[:3])), range(12)))
    assert together == [alone] * 12
    (folder,) = stage.temporary.iterdir()
    assert len(list(folder.iterdir())) <= 2
