from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from voicecoach.voices import worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What pyttsx3 is elsewhere, as far as the worker uses it; it prints, as the real one does.
PYTTSX3 = r"""
class Voice:
    def __init__(self, id, name, languages, gender):
        self.id, self.name, self.languages, self.gender = id, name, languages, gender

class Engine:
    def __init__(self):
        self.given, self.saved, self.errors = {}, [], []
    def connect(self, topic, call):
        self.error = call
    def setProperty(self, name, value):
        if value == "wrong":
            self.error(name=None, exception=ValueError("no such voice"))
        self.given[name] = value
    def getProperty(self, name):
        ann = Voice("com.x.Ann", "Ann", ["en_US"], "VoiceGenderFemale")
        return [ann, Voice("y", "Y", [b"\x05de"], None), Voice("z", "Z", None, "Male")]
    def save_to_file(self, text, path):
        self.saved.append((text, path))
    def runAndWait(self):
        for text, path in self.saved:
            print("Audio saved to", path)
            if text != "lost":
                with open(path, "w") as file:
                    file.write(f"{text} {sorted(self.given.items())}")
        self.saved.clear()

def init(driver=None):
    assert driver is None
    return Engine()
"""


@pytest.fixture(autouse=True)
def _pyttsx3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake" / "pyttsx3.py").write_text(PYTTSX3)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "fake"))
    monkeypatch.syspath_prepend(tmp_path / "fake")
    monkeypatch.delitem(sys.modules, "pyttsx3", raising=False)
    yield
    sys.modules.pop("pyttsx3", None)


def ask(*requests: object) -> list[dict[str, Any]]:
    """Have the worker answer here, in this process."""
    answers = io.StringIO()
    worker.main(io.StringIO("".join(json.dumps(each) + "\n" for each in requests)), answers)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def say(text: str, path: Path) -> dict[str, str]:
    return {"do": "say", "text": text, "path": str(path)}


def test_the_public_way_sets_what_was_given_and_writes_the_file(tmp_path: Path) -> None:
    setup = {"driver": None, "voice": "com.x.Ann", "rate": 120, "pitch": None}
    ready, done = ask(setup, say("hello", tmp_path / "x.wav"))
    assert "ready" in ready
    assert done == {"done": str(tmp_path / "x.wav")}
    assert (tmp_path / "x.wav").read_text() == "hello [('rate', 120), ('voice', 'com.x.Ann')]"


def test_an_error_that_is_only_an_event_is_an_answer(tmp_path: Path) -> None:
    assert ask({"voice": "wrong"}, say("hello", tmp_path / "x.wav"))[1] == {"error": "no such voice"}


def test_a_file_that_was_not_written_is_an_error(tmp_path: Path) -> None:
    assert ask({}, say("lost", tmp_path / "x.wav"))[1] == {"error": "no file was written"}


def test_voices_of_every_system_are_described_alike() -> None:
    answer = ask({}, {"do": "voices"})[1]
    assert answer["variants"] == []
    assert answer["voices"] == [
        {"id": "com.x.Ann", "name": "Ann", "languages": ["en-us"], "gender": "female"},
        {"id": "y", "name": "Y", "languages": ["de"], "gender": ""},
        {"id": "z", "name": "Z", "languages": [], "gender": "male"},
    ]


@pytest.mark.parametrize("request_", [{"do": "sing"}, {"do": "say", "text": 3}, 7, None])
def test_a_request_that_makes_no_sense_is_an_error_and_not_the_end(request_: object) -> None:
    answers = ask({}, request_, {"do": "voices"})
    assert "unknown request" in answers[1]["error"]
    assert "voices" in answers[2]


def running() -> subprocess.Popen[str]:
    command = [sys.executable, "-P", worker.__file__]
    pipe, prints_at_once = subprocess.PIPE, os.environ | {"PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=prints_at_once)


def test_what_pyttsx3_prints_is_no_answer(tmp_path: Path) -> None:
    with running() as process:
        requests = [{}, say("one", tmp_path / "1.wav"), say("two", tmp_path / "2.wav")]
        out, err = process.communicate("".join(json.dumps(each) + "\n" for each in requests))
    assert len([json.loads(line) for line in out.splitlines()]) == 3
    assert err.count("Audio saved to") == 2


def test_it_passes_over_ctrl_c_and_ends_with_its_input(tmp_path: Path) -> None:
    with running() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("{}\n")
        process.stdin.flush()
        assert "ready" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdin.write(json.dumps(say("still here", tmp_path / "x.wav")) + "\n")
        process.stdin.flush()
        assert "done" in process.stdout.readline()
        process.stdin.close()
        assert process.wait(20) == 0


def test_nothing_in_the_current_folder_can_stand_in_for_a_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "wave", "signal"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('I am the wrong one')")
    monkeypatch.chdir(tmp_path)
    with running() as process:
        out, _ = process.communicate("{}\n")
    assert "ready" in out


COPY = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import worker

assert worker.can_be_copied()
def fails(): raise OSError(28, "No space left on device", "x.wav")
def hangs(): signal.pause()
works = {"works": lambda: None, "fails": fails, "leaves": lambda: os._exit(3), "hangs": hangs,
         "dies": lambda: os.kill(os.getpid(), signal.SIGSEGV)}
try:
    worker.in_a_copy(works[sys.argv[2]], -1)  # a second, no longer
except worker.Failed as failure:
    print(failure)
try:
    os.wait()
except ChildProcessError:
    print("nobody left")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there a process copies itself to speak")
@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("works", ""),
        ("fails", "no space left on device: x.wav\n"),
        ("leaves", "speaking ended with status 3\n"),
        ("dies", "speaking ended with signal 11\n"),
        ("hangs", "speaking ended with signal 14\n"),
    ],
)
def test_a_copy_that_speaks_tells_how_it_ended(what: str, told: str) -> None:
    folder = os.path.dirname(worker.__file__)  # noqa: PTH120 - as the copy's own path
    done = subprocess.run([sys.executable, "-c", COPY, folder, what], capture_output=True, text=True, check=True)
    assert done.stdout == f"{told}nobody left\n"


def test_a_rate_for_one_text_is_set_before_it(tmp_path: Path) -> None:
    ask({"rate": 120}, {**say("hello", tmp_path / "x.wav"), "rate": 90})
    assert (tmp_path / "x.wav").read_text() == "hello [('rate', 90)]"
