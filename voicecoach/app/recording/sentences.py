"""The sentences that a voice needs for a session, numbered, with what is recorded of them already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voicecoach.errors import ChoiceError, quote
from voicecoach.language import as_written
from voicecoach.views.prompts import list_prompts
from voicecoach.views.text import one_line
from voicecoach.voices.takes import Review, Takes, read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.choices import Choices
    from voicecoach.views.prompts import Prompt


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to record.

    Attributes:
        number: Its place in the list of all sentences, from 1.
        prompt: What is to be said, and where.
    """

    number: int
    prompt: Prompt

    @property
    def words(self) -> str:
        """What a person reads aloud, on one line."""
        return one_line(as_written(self.prompt.said))

    @property
    def file(self) -> str:
        """The name of its recording."""
        return self.prompt.file

    def describe_place(self) -> str:
        """Say where it is heard, for which side, and how long it may be."""
        room = f"at most {float(self.prompt.room):.1f} s" if self.prompt.room is not None else ""
        return ", ".join(filter(None, (*self.prompt.chapters[:1], *map(str, self.prompt.sides), room)))


def list_sentences(routine: LoadedRoutine, choices: Choices, *, split: bool = False) -> tuple[Sentence, ...]:
    """Return all sentences of a session; of those with the same words, the first one.

    Raises:
        ChoiceError: When the choices do not fit this routine.
        RoutineError: When a value in the routine cannot be evaluated.
    """
    unique: dict[str, Prompt] = {}
    for prompt in list_prompts(routine, choices, split=split):
        text = as_written(prompt.said)
        unique.setdefault(read_words(text) or text, prompt)
    return tuple(Sentence(number, prompt) for number, prompt in enumerate(unique.values(), start=1))


def choose_sentences(sentences: Sequence[Sentence], numbers: Iterable[int] | None) -> tuple[Sentence, ...]:
    """Return the sentences with these numbers, in the order of the list; all of them without numbers.

    Raises:
        ChoiceError: When there is no sentence with one of the numbers.
    """
    if numbers is None:
        return tuple(sentences)
    wanted = set(numbers)
    over = max(wanted)
    if over > len(sentences):
        raise ChoiceError(f"there is no sentence {over}; --list shows them, from 1 to {len(sentences)}")
    return tuple(each for each in sentences if each.number in wanted)


def review_folder(sentences: Iterable[Sentence], folder: Path) -> Review:
    """Return the recording of each sentence in a folder, by its spoken form, and what no sentence needs.

    A folder that does not exist yet is empty.

    Raises:
        ChoiceError: When the folder can't be read.
    """
    said = [each.prompt.said for each in sentences]
    return Takes(folder).review(said) if folder.exists() else Review(dict.fromkeys(said), ())


def describe_review(sentences: Sequence[Sentence], review: Review) -> list[str]:
    """Return a line for each sentence, one for the sum, and one for each recording that no sentence needs."""
    width = len(str(len(sentences)))
    lines = []
    for each in sentences:
        file = review.found[each.prompt.said]
        lines.append(f"{each.number:>{width}}  {'recorded' if file else 'missing '}  {each.words}")
    missing = len(review.missing)
    lines.append(f"{len(sentences)} sentences: {len(sentences) - missing} recorded, {missing} missing")
    return [*lines, *_describe_unused(review)]


def _describe_unused(review: Review) -> Iterable[str]:
    for each in review.unused:
        if each.now:
            yield f"words changed: {each.file.name} has {quote(each.words)}; record it again: {quote(each.now)}"
        else:
            yield f"not used: {each.file.name} ({quote(each.words)}); other choices or routines may use it"


def review_as_json(sentences: Sequence[Sentence], review: Review) -> dict[str, Any]:
    """Return the list for programs."""
    found = [
        {
            "number": each.number,
            "words": each.words,
            "file": each.file,
            "recorded": str(review.found[each.prompt.said] or "") or None,
        }
        for each in sentences
    ]
    unused = [{"file": str(each.file), "words": each.words, "now": each.now or None} for each in review.unused]
    return {"sentences": found, "unused": unused}
