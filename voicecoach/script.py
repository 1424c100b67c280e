"""The script builder: a routine and a listener's choices become a score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.breath import Kind, Span
from voicecoach.errors import ChoiceError, Problem, RoutineError, UnknownNameError, Where
from voicecoach.language import Language, fill, language
from voicecoach.score import (
    CueKind,
    Mark,
    Moment,
    Paced,
    Pause,
    Phrase,
    Seq,
    Side,
    Slot,
    Sound,
    Wording,
    breathe,
    seq,
)
from voicecoach.sheet import (
    BLANK,
    Block,
    BreathePhases,
    ByRound,
    Change,
    EachSide,
    Include,
    Model,
    Repeat,
    Rest,
    Say,
    Sided,
    Words,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voicecoach.breath import Breath
    from voicecoach.routine import Routine
    from voicecoach.score import Score

SENTENCE_GAP = Span(rest=Fraction(3, 4))
PART_GAP = Span(rest=Fraction(2))
GET_UP = Span(rest=Fraction(10))
END_CHIME = Sound("chime-end")
MOST_STEPS = 50_000
KEYS = {Kind.INHALE: "in", Kind.HOLD: "hold", Kind.EXHALE: "out", Kind.PAUSE: "pause"}
LEFT_RIGHT = (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the listener chooses; `sides` of one side only is that side's track, without changes of side."""

    breath: Breath | None = None
    rounds: int | None = None
    sides: tuple[Side, ...] = LEFT_RIGHT
    added: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    lead_in: Fraction = Fraction(3)


def build(routine: Routine, choices: Choices) -> Score:
    """Write the score of a session: the notice, each exercise, the closing words and the chime.

    It is to be performed at the listener's breath, or at the routine's; exercises with another breath bring it along.

    Raises:
        ChoiceError: When the choices do not go together with this routine.
        RoutineError: When the routine would make more steps than a session can have.
    """
    played = exercises(routine, choices)
    _check(routine, played, choices)
    words = language(routine.sheet.language)
    before = _sentences(notice(played, routine), CueKind.NOTICE)
    opening = (Mark(Moment.CHAPTER, _word(routine, words, "before")), Pause(Span(rest=choices.lead_in)))
    return seq(*opening, *before, *_exercises(routine, played, choices, words), *_closing(routine, words))


def exercises(routine: Routine, choices: Choices) -> tuple[Routine, ...]:
    """Return the exercises that are played, in order: the routine itself, or those that it includes.

    Raises:
        UnknownNameError: When an exercise to add or to skip is not in the routine.
        ChoiceError: When none is left.
    """
    parts = list(_parts(routine))
    optional = [name for name, extra, _ in parts if extra]
    _known("optional exercise", choices.added - {"all"}, optional)
    _known("exercise in this routine", choices.skipped, [name for name, _, _ in parts])
    if "all" in choices.added and not optional:
        raise ChoiceError(f"{routine.name} has no optional exercises to add\nleave --with out")
    added = set(optional) if "all" in choices.added else choices.added
    played = tuple(part for name, extra, part in parts if name not in choices.skipped and (not extra or name in added))
    if not played:
        raise ChoiceError("every exercise is skipped, so nothing is left to play\nleave out one --skip")
    return played


def notice(played: Sequence[Routine], routine: Routine) -> tuple[str, ...]:
    """Return the sentences of the notices of all that is played, and of what includes it, each once."""
    return tuple(dict.fromkeys(text for part in _leading_to(played, routine) for text in part.sheet.notice))


def _leading_to(played: Sequence[Routine], routine: Routine) -> list[Routine]:
    """Return a routine and all inside it that lead to what is played."""
    inside = [found for part in routine.included.values() for found in _leading_to(played, part)]
    return [routine, *inside] if inside or any(routine is part for part in played) else []


def sided(played: Iterable[Routine]) -> bool:
    """Tell whether anything is done for each side."""
    return any(isinstance(step, EachSide) for part in played for step in walk(part.sheet.steps))


def _parts(routine: Routine, *, optional: bool = False) -> Iterator[tuple[str, bool, Routine]]:
    includes = [step for step in walk(routine.sheet.steps) if isinstance(step, Include)]
    if not includes:
        yield routine.name, optional, routine
    for step in includes:
        part = routine.included[step.include]
        yield from _parts(part, optional=optional or step.optional)


def _known(kind: str, names: Iterable[str], known: Sequence[str]) -> None:
    for name in sorted(names):
        if name not in known:
            raise UnknownNameError(kind, name, known)


def _check(routine: Routine, played: Sequence[Routine], choices: Choices) -> None:
    both = sided(played)
    if len(choices.sides) == 1 and not both:
        raise ChoiceError(f"{routine.name} has no sides, so there is no track for one\nleave out --side or --tracks")
    repeated = any(isinstance(step, Repeat) for part in played for step in part.sheet.steps)
    if choices.rounds is not None and not both and not repeated:
        raise ChoiceError(f"{routine.name} has no rounds that could be changed\nleave --rounds out")
    steps = sum(_size(part.sheet.steps, choices) for part in played)
    if steps > MOST_STEPS:
        what = f"this makes {steps:,} breaths and steps, more than {MOST_STEPS:,}"
        raise RoutineError([Problem(Where(routine.file, 1, 1), what, "use fewer rounds or breaths")])


def _size(steps: Iterable[Model], choices: Choices) -> int:
    """Count what a list of steps will grow to, without growing it."""
    total = 0
    for step in steps:
        match step:
            case BreathePhases():
                total += step.breathe
            case EachSide(each_side=block):
                total += (choices.rounds or block.rounds) * len(choices.sides) * _size(block.steps, choices)
            case Repeat(repeat=block):
                total += block.rounds * _size(block.steps, choices)
            case _:
                total += 1
    return total


@dataclass(frozen=True, slots=True)
class _Part:
    """The exercise a step belongs to, and the turn within it."""

    routine: Routine
    words: Language
    choices: Choices
    rounds: int | None = None
    side: Side | None = None
    again: bool = False
    outermost: bool = True

    def fill(self, text: str, side: Side | None) -> str:
        """Fill the braces of a text with the noun phrases of a side, capitalised as the name in the braces is."""
        sides = self.routine.sheet.sides
        if side is None or sides is None:
            return text
        nouns = {name.lower(): noun for name, noun in (sides.left if side is Side.LEFT else sides.right).items()}

        def noun(match: object) -> str:
            name: str = match[1]  # type: ignore[index]
            found = nouns[name.lower()]
            return found[0].upper() + found[1:] if name[0].isupper() else found

        return BLANK.sub(noun, text)

    def phrase(self, words: Words, kind: CueKind) -> Phrase:
        """Turn words into a phrase of this turn; the other side's words are its twins."""
        wordings = tuple(self._wording(text) for text in words.wordings)
        return Phrase(wordings, kind, self.side, words.where)

    def _wording(self, text: str) -> Wording:
        own = self.fill(text, self.side)
        twins = {self.fill(text, side) for side in LEFT_RIGHT} - {own} if self.side else set()
        return Wording(own, tuple(sorted(twins)))

    def chapter(self, title: str, side: Side | None = None) -> Mark:
        """Begin a chapter, named after the exercise and what is done in it."""
        name = self.routine.sheet.title
        return Mark(Moment.CHAPTER, f"{name}: {title}" if title else name, side)


def _word(routine: Routine, words: Language, key: str, **values: object) -> str:
    """Return one of the program's words; a routine may say another."""
    own = routine.sheet.words.get(key)
    return fill(own, **values) if own is not None else words.word(key, **values)


def _sentences(texts: Iterable[str], kind: CueKind) -> list[Score]:
    """Say sentences one after the other, with a moment between them."""
    return [part for text in texts for part in (Phrase((Wording(text),), kind), Pause(SENTENCE_GAP))]


def _exercises(routine: Routine, played: Sequence[Routine], choices: Choices, words: Language) -> Iterator[Score]:
    told: set[str] = set()
    for number, part in enumerate(played):
        if number:
            whole = _Part(routine, words, choices)
            yield from (_rest(step, whole) for step in routine.sheet.between)
        yield _exercise(_Part(part, words, choices, _rounds_of_repeats(played, choices)), told)
        told |= {*part.sheet.benefits, *part.sheet.tips}


def _rounds_of_repeats(played: Iterable[Routine], choices: Choices) -> int | None:
    """The chosen rounds are those of the sides; only where nothing has sides, of the outermost repeats."""
    return None if sided(played) else choices.rounds


def _exercise(part: _Part, told: set[str]) -> Score:
    """Name the exercise, say what it is for and its tips (once in a session), then do its steps."""
    sheet = part.routine.sheet
    once = [text for text in (*sheet.benefits, *sheet.tips) if text not in told]
    intro = (*_sentences([f"{sheet.title}."], CueKind.INSTRUCTION), *_sentences(once, CueKind.TIP))
    body = seq(Pause(PART_GAP), part.chapter(""), *intro, *_steps(sheet.steps, part))
    return body if part.choices.breath else Paced(sheet.breath, body)


def _steps(steps: Iterable[Model], part: _Part) -> Iterator[Score]:
    for step in steps:
        match step:
            case Say():
                yield _say(step, part)
            case BreathePhases():
                yield _breathing(step, part)
            case Rest():
                yield _rest(step, part)
            case EachSide(each_side=block):
                yield from _turns(block, part)
            case Repeat(repeat=block):
                yield from _rounds(block, part)
            case _:
                raise AssertionError(f"a step that has no place here: {step}")


def _say(step: Say, part: _Part) -> Score:
    words = step.say if isinstance(step.say, Words) else _by_round(step.say, part)
    return seq(part.phrase(words, CueKind.INSTRUCTION), Pause(step.settle or SENTENCE_GAP))


def _by_round(words: ByRound, part: _Part) -> Words:
    return words.again if part.again else words.first


def _breathing(step: BreathePhases, part: _Part) -> Score:
    """Guide breaths; where they are a stretch, it lasts to their end, or to the exhale that returns."""
    breaths = [_breath(step, number, part) for number in range(step.breathe)]
    if step.stretch is None:
        return seq(*breaths)
    stretch, release = (Mark(moment, side=part.side) for moment in (Moment.STRETCH, Moment.RELEASE))
    return seq(stretch, *breaths, *([release] if step.stretch == "all" else []))


def _breath(step: BreathePhases, number: int, part: _Part) -> Score:
    last = number == step.breathe - 1
    prefixes = [*(["last "] if last else []), *(["first "] if number == 0 else []), ""]
    spoken: dict[Kind, Score] = {}
    for kind, key in KEYS.items():
        found = next((words for prefix in prefixes if (words := step.words(prefix + key))), None)
        if found:
            spoken[kind] = part.phrase(found, CueKind.BREATH)
    if last and step.stretch == "to last out":
        spoken[Kind.EXHALE] = seq(Mark(Moment.RELEASE, side=part.side), spoken.get(Kind.EXHALE, Seq()))
    return breathe(spoken, part.side)


def _rest(step: Rest, part: _Part) -> Score:
    return Slot(step.rest, part.phrase(step.say, CueKind.INSTRUCTION) if step.say else Seq())


def _rounds(block: Block, part: _Part) -> Iterator[Score]:
    """Repeat a block, with what is between its rounds, and nothing after the last."""
    rounds = (part.outermost and part.rounds) or block.rounds
    for number in range(rounds):
        turn = replace(part, again=part.again or number > 0, outermost=False)
        if number:
            yield from (_rest(step, part) for step in block.between if isinstance(step, Rest))
        if part.outermost and rounds > 1:
            yield part.chapter(_word(part.routine, part.words, "round", number=number + 1))
        yield from _steps(block.steps, turn)


def _turns(block: Sided, part: _Part) -> Iterator[Score]:
    """Give each side its turns; the words that open a turn may be spoken while the sides change."""
    before: Side | None = None
    for number, side in _order(block, part.choices):
        turn = replace(part, side=side, again=number > 0, outermost=False)
        opening, rest = _opened(block.steps)
        begin = seq(_turn_chapter(turn, side, number), *_steps(opening, turn))
        yield from _between(block, turn, before, begin) if before else [begin]
        yield from _steps(rest, turn)
        before = side


def _order(block: Sided, choices: Choices) -> Iterator[tuple[int, Side]]:
    rounds = range(choices.rounds or block.rounds)
    if block.order == "blocked":
        yield from ((number, side) for side in choices.sides for number in rounds)
    else:
        yield from ((number, side) for number in rounds for side in choices.sides)


def _opened(steps: Sequence[Model]) -> tuple[Sequence[Model], Sequence[Model]]:
    """Part the words that open a turn from what is done in it."""
    spoken = next((index for index, step in enumerate(steps) if not isinstance(step, Say)), len(steps))
    return steps[:spoken], steps[spoken:]


def _turn_chapter(part: _Part, side: Side, number: int) -> Mark:
    spoken = _word(part.routine, part.words, "round", number=number + 1)
    return part.chapter(f"{_word(part.routine, part.words, side.value)}, {spoken}", side)


def _between(block: Sided, turn: _Part, before: Side, begin: Score) -> Iterator[Score]:
    """Lay what is between two turns; a change is only made where the side changes."""
    steps = [step for step in block.between if isinstance(step, Rest) or before is not turn.side]
    resting = replace(turn, side=before)
    for step in steps[:-1]:
        yield _rest(step, resting) if isinstance(step, Rest) else _change(step, turn, Seq())
    if steps and isinstance(steps[-1], Change):
        yield _change(steps[-1], turn, begin)
    else:
        yield from (_rest(step, resting) for step in steps[-1:] if isinstance(step, Rest))
        yield begin


def _change(step: Change, turn: _Part, begin: Score) -> Score:
    words = step.say or Words((_word(turn.routine, turn.words, "change"),))
    return Slot(step.change, seq(turn.phrase(words, CueKind.CHANGE), Pause(SENTENCE_GAP), begin))


def _closing(routine: Routine, words: Language) -> list[Score]:
    texts = routine.sheet.closing or (_word(routine, words, "closing"),)
    chapter = Mark(Moment.CHAPTER, _word(routine, words, "ending"))
    return [Pause(PART_GAP), chapter, *_sentences(texts, CueKind.CLOSING), END_CHIME, Pause(GET_UP)]
