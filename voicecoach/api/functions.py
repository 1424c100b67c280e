"""The functions that need no studio: each call has one of its own, which lives as long as its session.

So nothing is shared between calls but the folder on disk, nothing has to be closed, and memory is freed with the last
session. A program that makes many sessions is faster with one `Studio`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from voicecoach.api.studio import Studio

if TYPE_CHECKING:
    import os

    from voicecoach.api.keywords import CheckKeywords, PlanKeywords, ScoreKeywords
    from voicecoach.api.routines import Routine
    from voicecoach.api.session import Session
    from voicecoach.core.score import Score
    from voicecoach.errors import Problem


def check(routine: Routine | str | os.PathLike[str], **options: Unpack[CheckKeywords]) -> list[Problem]:
    r"""Return every problem of a routine: its place, what is wrong, and how to fix it.

    The list is empty if the routine is fine.

    >>> import voicecoach as vc
    >>> for problem in vc.check("title: Rest\nsteps:\n  - say: Lie down.\n  - rset: 5s\n"):
    ...     print(problem.where.line, problem.what)
    4 no step is called 'rset'

    Args:
        routine: A routine; the name or path of one; or a text, which has line breaks in it.
        options: The options of ``voicecoach check``: ``breaths="3-3,6-8"`` tries all breaths between two.

    Raises:
        VoiceError: If there are no problems, but the words could not be measured.
        ChoiceError: If there is no such voice.
    """
    return Studio().check(routine, **options)


def plan(routine: Routine | str | os.PathLike[str], **options: Unpack[PlanKeywords]) -> Session:
    """Plan a session: the words are spoken, unless they are known, and everything gets its time.

    >>> import voicecoach as vc
    >>> from voicecoach.testing import FakeVoice
    >>> session = vc.plan("sitting-leg-stretch", breath="5-7", voice=FakeVoice())
    >>> session.title, session.breath
    ('Sitting leg stretch', '5-7')

    Args:
        routine: A routine; or the name of a built-in one, or the path of a file.
        options: The options of ``voicecoach plan``, as texts or as values: ``breath="4-6"``, ``length="10m"``.

    Raises:
        RoutineError: If the routine is wrong; a `FitError` if its words do not fit the breath.
        ChoiceError: If the options do not go together, or name what does not exist.
        VoiceError: If the voice fails.
    """
    return Studio().plan(routine, **options)


def perform(score: Score, **options: Unpack[ScoreKeywords]) -> Session:
    """Plan a session of a score that was written in Python, as `plan` does for a routine.

    >>> import voicecoach as vc
    >>> from voicecoach.testing import FakeVoice
    >>> score = vc.seq(vc.say("Sit tall."), vc.breathe(6, inhale="In", exhale="Out"), vc.chime())
    >>> vc.perform(score, breath="4-6", voice=FakeVoice()).title
    'Session'

    Args:
        score: What `seq` and the other functions for scores return.
        options: ``breath``, ``voice``, ``title``, ``language`` and others, as for `plan`.

    Raises:
        FitError: If words do not fit the breath.
        ChoiceError: If the options do not go together, or name what does not exist.
        VoiceError: If the voice fails.
    """
    return Studio().perform(score, **options)
