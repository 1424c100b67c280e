"""Recordings of one's own voice for a routine: what has to be said, what is recorded, and new recordings."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from voicecoach.api.arguments import read_path
from voicecoach.api.keywords import PlanKeywords, check_names, make_choices
from voicecoach.api.routines import read_routine, translate
from voicecoach.app.recording.hearing import advise, judge
from voicecoach.app.recording.sentences import list_sentences, review_folder
from voicecoach.errors import ChoiceError, UnknownNameError, VoiceError
from voicecoach.system import drafts
from voicecoach.voices.polish import Raw
from voicecoach.voices.takes import encode_wave

if TYPE_CHECKING:
    import os

    from voicecoach.api.routines import Routine
    from voicecoach.app.recording.sentences import Sentence

SLOWEST, FASTEST = 8_000, 192_000
"""Samples a second that a recording may have."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A sentence that a session says.

    Attributes:
        id: The name of its recording, without the ending: the same for these words in every routine.
        words: What is to be said.
        chapter: The first chapter that it is heard in; empty if there is none.
        sides: The sides that it is said for.
        seconds: How long it may last, at most, to fit its phase or its hold; None if that does not matter.
        path: Its recording; None if it is missing.
    """

    id: str
    words: str
    chapter: str
    sides: tuple[str, ...]
    seconds: float | None
    path: Path | None


class Recordings:
    r"""A folder of recordings for a routine, as ``voicecoach record`` makes it; ``voice`` speaks with them.

    >>> import tempfile
    >>> import voicecoach as vc
    >>> routine = vc.loads("title: Rest\nsteps:\n  - say: Lie down. | Down.\n")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [each.words for each in vc.Recordings(folder, routine).list_prompts()][:3]
    ['Rest.', 'Lie down.', 'Down.']
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        routine: Routine | str | os.PathLike[str],
        **options: Unpack[PlanKeywords],
    ) -> None:
        """Find what a session of a routine says, in all its wordings.

        Args:
            folder: Where the recordings are; it is made with the first one.
            routine: A routine; or the name of a built-in one, or the path of a file.
            options: As for `plan`.

        Raises:
            RoutineError: If the routine is wrong.
            ChoiceError: If the options are impossible.
        """
        check_names("Recordings", options, PlanKeywords)
        self.folder = Path(read_path("folder", folder))
        read = translate(read_routine(routine), options.get("language"))
        found = list_sentences(read.read, make_choices(options))
        self._sentences = {each.file.removesuffix(".wav"): each for each in found}

    @property
    def voice(self) -> str:
        """What ``voice=`` takes to speak with them."""
        return f"recorded:{self.folder}"

    def list_prompts(self) -> list[Prompt]:
        """Return the sentences in their order, each with its recording if there is one.

        Raises:
            ChoiceError: If the folder can't be read.
        """
        found = review_folder(self._sentences.values(), self.folder).found
        return [_describe(name, each, found[each.prompt.said]) for name, each in self._sentences.items()]

    def find_prompt(self, prompt_id: str) -> Prompt:
        """Return one sentence.

        Raises:
            UnknownNameError: If no sentence has this id.
        """
        sentence = self._find(prompt_id)
        return _describe(prompt_id, sentence, review_folder([sentence], self.folder).found[sentence.prompt.said])

    def keep(self, prompt_id: str, sound: bytes) -> str:
        """Write the recording of a sentence, in place of an earlier one; return advice, usually empty.

        Args:
            prompt_id: The id of the sentence.
            sound: A WAV file with one channel of 16 bits.

        Raises:
            UnknownNameError: If no sentence has this id.
            ChoiceError: If the sound is in another form.
            VoiceError: If it has no speech, is clipped, or is far too long; nothing is written then.
            OSError: If it can't be written.
        """
        sentence, raw = self._find(prompt_id), _read_wave(sound)
        fault = judge(raw, sentence.prompt.said)
        if fault:
            raise VoiceError(f"this recording can't be used: {fault}\nrecord it again")
        drafts.write_file(self.folder / sentence.file, encode_wave(raw.pcm, raw.rate, sentence.words))
        return advise(raw)

    def remove(self, prompt_id: str) -> None:
        """Delete the recording of a sentence; nothing happens if there is none.

        Raises:
            UnknownNameError: If no sentence has this id.
            OSError: If it can't be deleted.
        """
        path = self.find_prompt(prompt_id).path
        if path is not None:
            path.unlink(missing_ok=True)

    def _find(self, prompt_id: str) -> Sentence:
        if prompt_id not in [*self._sentences]:
            raise UnknownNameError("sentence", prompt_id, [*self._sentences])
        return self._sentences[prompt_id]


def _describe(name: str, sentence: Sentence, path: Path | None) -> Prompt:
    prompt = sentence.prompt
    seconds = None if prompt.room is None else float(prompt.room)
    return Prompt(name, sentence.words, next(iter(prompt.chapters), ""), (*map(str, prompt.sides),), seconds, path)


def _read_wave(sound: bytes) -> Raw:
    """Read the samples of a WAV file.

    Raises:
        ChoiceError: If it is not one that a microphone would give.
    """
    try:
        with wave.open(io.BytesIO(sound)) as file:
            form = (file.getnchannels(), file.getsampwidth(), SLOWEST <= file.getframerate() <= FASTEST)
            pcm, rate = file.readframes(file.getnframes()), file.getframerate()
    except (wave.Error, EOFError, RuntimeError, ValueError, TypeError, OverflowError):
        form, pcm, rate = (0, 0, False), b"", 0
    if form != (1, 2, True) or len(pcm) % 2:
        raise ChoiceError("this sound can't be read\nit must be a WAV file with one channel of 16 bits")
    return Raw(pcm, rate)
