"""Recording sentence by sentence: what is shown, which keys do what, and what is kept.

The microphone, the keys, the player and the screen come from outside, so that tests have their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from voicecoach.app.recording.hearing import advise, judge, measure_peak, measure_words
from voicecoach.errors import PlayerError
from voicecoach.system import drafts, signals
from voicecoach.voices.polish import Raw
from voicecoach.voices.takes import encode_wave

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voicecoach.app.recording.microphone import Microphone
    from voicecoach.app.recording.sentences import Sentence

LONGEST = 120.0
"""Seconds after which a take ends by itself."""
_WAIT = 0.2
"""Seconds that a key is waited for at once."""

START = frozenset(" \r\n")
BEFORE = "space: record   n: next   b: back   q: quit"
BEFORE_RECORDED = "space: record again   p: play   n: next   b: back   q: quit"
DURING = "any key: stop"
AFTER = "Enter: keep   r: again   p: play   b: back   q: quit without it"

Poll = Callable[[float], str]
"""Waits some seconds for a key, and returns it, or nothing."""


class Screen(Protocol):
    """Where a person sees what to do."""

    def say(self, line: str) -> None:
        """Show a line."""

    def show_level(self, peak: float, seconds: float) -> None:
        """Show the level (dBFS) and the length of what is being recorded, in place of the last one."""

    def clear_level(self) -> None:
        """Remove the level."""


class _Step(Enum):
    NEXT = auto()
    BACK = auto()
    QUIT = auto()


@dataclass()
class Dialogue:
    """Records sentences in order.

    Attributes:
        sentences: Those to record.
        total: The number of all sentences of the routine.
        folder: Where recordings go.
        microphone: Where sound comes from.
        poll: The keys.
        play: Plays a file, until its end or until a key is pressed.
        screen: What is shown.
        drafts: A folder for the take that is not yet kept.
        recorded: The recordings that are there, by the numbers of their sentences.
        kept: The numbers of the sentences that were recorded now.
    """

    sentences: Sequence[Sentence]
    total: int
    folder: Path
    microphone: Microphone
    poll: Poll
    play: Callable[[Path], None]
    screen: Screen
    drafts: Path
    recorded: dict[int, Path] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)

    def run(self) -> None:
        """Record until the last sentence is done, or somebody quits.

        Raises:
            MicrophoneError: When the microphone fails; what was kept stays.
            OSError: When a recording can't be written.
        """
        at = 0
        while at < len(self.sentences):
            step = self._record(self.sentences[at])
            if step is _Step.QUIT:
                return
            at = at + 1 if step is _Step.NEXT else max(0, at - 1)

    def describe_kept(self) -> str:
        """Say how many sentences have a recording."""
        return f"{len(self.recorded)} of {self.total} sentences are recorded in {self.folder}"

    def _record(self, sentence: Sentence) -> _Step:
        """Record a sentence until a take is kept, or somebody goes on without one."""
        self._show(sentence)
        while True:
            there = self.recorded.get(sentence.number)
            key = self._ask(BEFORE_RECORDED if there else BEFORE, "nbq" + "p" * bool(there), START)
            if key in _STEPS:
                return _STEPS[key]
            if key == "p" and there:
                self._play(there)
                continue
            step = self._take(sentence)
            if step:
                return step

    def _take(self, sentence: Sentence) -> _Step | None:
        """Record takes of a sentence until one is good; return where to go, or nothing to begin again."""
        while True:
            raw = self._listen()
            fault = judge(raw, sentence.prompt.said, " (--devices)")
            if fault:
                self.screen.say(f"   {fault}")
                return None
            advice = advise(raw)
            self.screen.say(f"   {measure_words(raw):.1f} s{f'; {advice}' if advice else ''}")
            content = encode_wave(raw.pcm, raw.rate, sentence.words)
            key = self._review(content)
            if key == "r":
                continue
            if key in START:
                self._keep(sentence, content)
                return _Step.NEXT
            return _STEPS[key]

    def _review(self, content: bytes) -> str:
        """Play a take, and ask what becomes of it."""
        draft = self.drafts / "take.wav"
        drafts.write_file(draft, content)
        self._play(draft)
        while (key := self._ask(AFTER, "rpbq", START)) == "p":
            self._play(draft)
        return key

    def _keep(self, sentence: Sentence, content: bytes) -> None:
        path = self.folder / sentence.file
        drafts.write_file(path, content)
        self.recorded[sentence.number] = path
        self.kept.add(sentence.number)
        signals.note_kept(self.describe_kept())

    def _listen(self) -> Raw:
        """Record until a key is pressed."""
        self.screen.say(f"   recording ... {DURING}")
        pcm, most = bytearray(), round(LONGEST * self.microphone.rate) * 2
        with self.microphone.listen() as chunks:
            for chunk in chunks:
                pcm += chunk
                self.screen.show_level(measure_peak(chunk), len(pcm) / 2 / self.microphone.rate)
                if self.poll(0) or len(pcm) >= most:
                    break
        self.screen.clear_level()
        return Raw(bytes(pcm[: len(pcm) // 2 * 2]), self.microphone.rate)

    def _play(self, path: Path) -> None:
        try:
            self.play(path)
        except PlayerError as error:
            self.screen.say(f"   it can't be played: {str(error).splitlines()[0]}")

    def _show(self, sentence: Sentence) -> None:
        number = f"{sentence.number} of {self.total}"
        there = "   (recorded)" if sentence.number in self.recorded else ""
        self.screen.say("")
        self.screen.say("   ".join(filter(None, (number, sentence.describe_place()))) + there)
        self.screen.say(f"   {sentence.words}")

    def _ask(self, question: str, letters: str, also: frozenset[str]) -> str:
        """Wait for one of some keys."""
        self.screen.say(f"   {question}")
        while True:
            key = self.poll(_WAIT).lower()
            if key and (key in letters or key in also):
                return key


_STEPS = {"n": _Step.NEXT, "b": _Step.BACK, "q": _Step.QUIT}
