"""Rehearsals: a score is performed with real speech, and a track is fitted to a length."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.audio.formats import GRID
from voicecoach.audio.sounds import measure_sound
from voicecoach.core.perform import perform
from voicecoach.core.score import Score, Sound, list_phrases
from voicecoach.errors import FitError
from voicecoach.system import signals, timings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from voicecoach.app.piece_cache import Source
    from voicecoach.app.request import Report
    from voicecoach.audio.clip import Clip
    from voicecoach.core.breath import Breath, Pace
    from voicecoach.core.timeline import Timeline
    from voicecoach.script.choices import Amount, Choices
    from voicecoach.script.fit import Fit, LengthError, Performed, Trial
    from voicecoach.script.piece import Piece
    from voicecoach.voices.port import Voice


def rehearse(  # noqa: PLR0913 - what a rehearsal takes
    score: Score,
    pace: Pace | Breath,
    voice: Voice,
    clips: dict[str, Clip],
    report: Report,
    *,
    slower: Fraction = Fraction(1),
) -> Timeline:
    """Perform a score with real speech: the longest wordings are spoken, then those that it asks for besides.

    A wording that is not known yet counts as fitting, so only those are spoken that may be chosen. Each is given
    ``slower`` times its own length. What a voice has in memory is known.
    """
    recall: Callable[[str], Clip | None] = getattr(voice, "recall", lambda _: None)
    missing = dict.fromkeys(_list_longest(score))
    while True:
        speak_into([text for text in missing if text not in clips], voice, clips, report)
        missing = {}

        def measure(said: str | Sound, missing: dict[str, None] = missing) -> Fraction:
            if isinstance(said, Sound):
                return measure_sound(said)
            if said not in clips and (kept := recall(said)):
                clips[said] = kept
            if said in clips:
                return clips[said].seconds * slower
            missing[said] = None
            return Fraction(0)

        try:
            with timings.time_part("timing"):
                timeline = perform(score, measure, pace, grid=GRID)
        except FitError:
            if not missing:
                raise
        else:
            if not missing:
                return timeline


def _list_longest(score: Score) -> Iterator[str]:
    """Yield the longest wording of each phrase, and its twins."""
    longest = (each.wordings[0] for each in list_phrases(score))
    return (text for wording in longest for text in (wording.said, *wording.twins))


def speak_into(wanted: Sequence[str], voice: Voice, clips: dict[str, Clip], report: Report) -> None:
    """Have texts spoken into ``clips``, and report each."""
    if wanted:
        report("speaking", 0, len(wanted))
    signals.raise_pending()
    with timings.time_part("speaking"):
        for done, (text, clip) in enumerate(zip(wanted, voice.speak(wanted) if wanted else (), strict=True)):
            clips[text] = clip
            report("speaking", done + 1, len(wanted))


@dataclass(frozen=True, slots=True)
class Stage:
    """What a session is rehearsed with: the routine, the voice, and the clips of what it has spoken so far."""

    source: Source
    voice: Voice
    clips: dict[str, Clip]
    report: Report
    slower: Fraction = Fraction(1)

    def rehearse(self, choices: Choices, piece: Piece) -> Timeline:
        """Perform a piece with real speech."""
        return self.rehearse_score(piece.score, piece.pacing.choose(choices.breath))

    def rehearse_score(self, score: Score, pace: Pace) -> Timeline:
        """Perform a score with real speech."""
        return rehearse(score, pace, self.voice, self.clips, self.report, slower=self.slower)

    def measure(self, said: str | Sound) -> Fraction:
        """Return the seconds of a sound, or of what was spoken; what was not counts as fitting."""
        if isinstance(said, Sound):
            return measure_sound(said)
        return self.clips[said].seconds * self.slower if said in self.clips else Fraction(0)

    def guess(self, said: str | Sound) -> Fraction:
        """Return the same, but guess what was not spoken: by its letters, and how long those take that were."""
        if isinstance(said, Sound) or said in self.clips:
            return self.measure(said)
        letters = sum(map(len, self.clips)) or 1
        return len(said) * sum(clip.seconds for clip in self.clips.values()) * self.slower / letters


def lay_track(stage: Stage, choices: Choices, piece: Piece, length: Fraction | None) -> tuple[Timeline, Fit | None]:
    """Lay a track along time, at its own length or at one that is asked for.

    A length is looked for with the words that were spoken; what is found is rehearsed, and as long as that makes new
    words known, it is looked for again.
    """
    timeline = stage.rehearse(choices, piece)
    if length is None:
        return timeline, None
    return _fit_track(stage, choices, length, timeline)


def _fit_track(stage: Stage, choices: Choices, length: Fraction, timeline: Timeline) -> tuple[Timeline, Fit]:
    from voicecoach.script.fit import LengthError

    trials = _Trials(stage, choices)
    while True:
        spoken = len(stage.clips)
        found = _find_fit(trials, length)
        for amount in found.amounts:
            with suppress(FitError):  # then its words are known now, and it is not found again
                timeline = trials.rehearse(amount)
        if len(stage.clips) > spoken:
            continue
        if isinstance(found, LengthError):
            raise _advise(stage, choices, found)
        return timeline, found


class _Trials:
    """Tries amounts of a session. What was tried with known words alone is not tried again."""

    def __init__(self, stage: Stage, choices: Choices) -> None:
        """Try nothing yet."""
        from voicecoach.script.builder import choose_pace
        from voicecoach.script.fit import prepare_attempt

        self._pace = choose_pace(stage.source.routine, choices)
        self._stage = stage
        self._performed: Performed = {}
        self._known: dict[Amount, Trial | None] = {}
        self._guessed = False
        self._attempt = prepare_attempt(stage.source.routine, choices, self._measure, GRID, self._performed)

    def attempt(self, amount: Amount) -> Trial | None:
        """Perform an amount with the words that are known; None if that is not possible."""
        if amount in self._known:
            return self._known[amount]
        self._guessed = False
        self._performed.clear()  # a score of ten hours is some megabytes
        found = self._attempt(amount)
        if not self._guessed:
            self._known[amount] = found
        return found

    def rehearse(self, amount: Amount) -> Timeline:
        """Perform an amount that was tried with real speech, unless that was done already."""
        if amount not in self._performed:
            self._known.pop(amount, None)
            self.attempt(amount)
        score, timeline = self._performed[amount]
        if amount in self._known and all(text in self._stage.clips for text in _list_longest(score)):
            return timeline
        return self._stage.rehearse_score(score, self._pace)

    def _measure(self, said: str | Sound) -> Fraction:
        self._guessed |= not isinstance(said, Sound) and said not in self._stage.clips
        return self._stage.measure(said)


def _advise(stage: Stage, choices: Choices, error: LengthError) -> LengthError:
    """Return the error with what to add or leave out; the words of what is added were not spoken, and are guessed."""
    from voicecoach.script.fit import LengthError
    from voicecoach.script.nearer import find_nearer

    found = find_nearer(stage.source.routine, choices, error, stage.guess, GRID)
    better = (found.choices, found.seconds) if found else None
    return LengthError(error.goal, error.shorter, error.longer, str(found or ""), better)


def _find_fit(trials: _Trials, length: Fraction) -> Fit | LengthError:
    from voicecoach.script.fit import LengthError, fit_length

    try:
        return fit_length(trials.attempt, length, GRID)
    except LengthError as error:
        return error
