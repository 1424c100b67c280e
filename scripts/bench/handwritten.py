"""The seated leg stretch as a person writes it in an afternoon: what the bench measures voicecoach against.

pyttsx3 speaks each phrase into a file, pydub puts the clips and the silence between them together, and one export
writes the MP3. Usage: ``python scripts/bench/handwritten.py ROUNDS IN OUT FILE.mp3`` (rounds of both legs, seconds).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

if TYPE_CHECKING:
    from collections.abc import Iterator

# A second phrase in one process is lost or cut short, so every phrase has its own.
SPEAK = """
import ctypes, os, sys, time
try:
    import espeakng_loader
    ctypes.CDLL(espeakng_loader.get_library_path())
    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
except ImportError:
    pass
import pyttsx3
voice = pyttsx3.init()
done = []
voice.connect("finished-utterance", lambda name, completed: done.append(name))
voice.save_to_file(sys.argv[1], sys.argv[2])
voice.runAndWait()
while not done:  # it does not wait
    time.sleep(0.01)
"""
RATE = 22_050  # what espeak speaks at
FIRST = (
    "Sit on the floor with your {leg} leg stretched out in front of you, toes pointing up. Bend your {other} leg, and "
    "bring your {other} foot to the inside of your {leg} knee. Let both legs lie as flat as they like. Rest your "
    "{other} hand on your {leg} thigh. Your {leg} hand will do the reaching."
)
AGAIN = "Now your {leg} leg. Your {other} hand rests on your {leg} thigh."
BREATHS = (
    ("Breathe in, sit tall", "Breathe out, fold, and reach with your {leg} hand"),
    ("Breathe in slowly", "As you breathe out, let yourself sink a little further"),
    ("Breathe in slowly", "As you breathe out, let yourself sink a little further"),
    ("One last breath in, slow and deep", "Breathe out, and slowly come back up to sitting"),
)
BEFORE = "Stay where it feels easy, and stop as soon as anything hurts."
CLOSING = "That is all for now. Take the time you need before you go on."


class Speaker:
    """Speaks a phrase once and keeps its sound."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder for the files."""
        self.folder = folder
        self.clips: dict[str, AudioSegment] = {}

    def say(self, text: str) -> AudioSegment:
        """Return the sound of a phrase."""
        if text not in self.clips:
            path = self.folder / f"{len(self.clips)}.wav"
            subprocess.run([sys.executable, "-c", SPEAK, text, path], check=True, stdout=subprocess.DEVNULL)
            self.clips[text] = AudioSegment.from_wav(path)
        return self.clips[text]


def fill(clip: AudioSegment, seconds: float) -> AudioSegment:
    """Return a clip with the silence that makes it last so many seconds."""
    return clip + silence(seconds - clip.duration_seconds)


def silence(seconds: float) -> AudioSegment:
    """Return silence."""
    return AudioSegment.silent(max(0, round(seconds * 1000)), frame_rate=RATE)


def turn(speaker: Speaker, leg: str, other: str, number: int, breath: tuple[float, float]) -> Iterator[AudioSegment]:
    """Yield the pieces of one leg's turn."""
    yield speaker.say((AGAIN if number else FIRST).format(leg=leg, other=other))
    yield silence(5)
    for inhale, exhale in BREATHS:
        yield fill(speaker.say(inhale), breath[0])
        yield fill(speaker.say(exhale.format(leg=leg)), breath[1])
    yield fill(speaker.say("Two easy breaths of your own."), 2 * sum(breath))
    yield fill(speaker.say("Change sides."), 10)


def session(speaker: Speaker, rounds: int, breath: tuple[float, float]) -> AudioSegment:
    """Return the whole session."""
    out = silence(3)
    out += speaker.say(BEFORE)
    for number in range(rounds):
        for leg, other in (("left", "right"), ("right", "left")):
            for piece in turn(speaker, leg, other, number, breath):
                out += piece
    return out + speaker.say(CLOSING)


def main(rounds: str, inhale: str, exhale: str, path: str) -> None:
    """Make the file."""
    import imageio_ffmpeg

    AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
    with tempfile.TemporaryDirectory() as folder:
        sound = session(Speaker(Path(folder)), int(rounds), (float(inhale), float(exhale)))
    sound.export(path, format="mp3", bitrate="64k")


if __name__ == "__main__":
    main(*sys.argv[1:])
