"""The phrases that are listened to: every wording that the built-in routines can give a voice, and how they follow."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from voicecoach.app.rehearsal import rehearse
from voicecoach.app.request import Request
from voicecoach.app.speaker import find_speaker
from voicecoach.language import language
from voicecoach.routine.library import list_built_in
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices, Guidance
from voicecoach.system import folders
from voicecoach.views.prompts import list_prompts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voicecoach.app.speaker import Speaker
    from voicecoach.audio.clip import Clip
    from voicecoach.routine.loader import LoadedRoutine

    Report = Callable[[str, int, int], None]
    """Called with progress: the stage of the work, how much of it is done, and how much there is."""

ALONE = {"en": ("Left", "Right", "Left leg", "Right leg", "Left side", "Right side")}
"""The words of the sides by themselves, for each language whose words can be heard."""
ALONE_FROM = "the sides alone"
"""What stands in the place of a routine for them."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A wording that a voice speaks.

    Attributes:
        said: What the voice is given.
        words: What captions show.
        routines: The routines that have it.
    """

    said: str
    words: str
    routines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a voice made of all phrases.

    Attributes:
        voice: The name of the voice, as ``--voice`` takes it.
        identity: Everything that changes its sound.
        phrases: All phrases, each once, in the order in which they were found.
        orders: For each routine, what it says at its default choices, in order.
        clips: The sound of each phrase, by what the voice was given.
    """

    voice: str
    identity: str
    phrases: tuple[Phrase, ...]
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    clips: dict[str, Clip] = field(default_factory=dict)


def choose_routines(names: Sequence[str], code: str) -> list[LoadedRoutine]:
    """Return the routines of these names, or all built-in ones, that are in a language.

    Raises:
        ChoiceError: If there is no routine of a name.
        RoutineError: If one is wrong.
    """
    loaded = [load_routine(name) for name in names or list_built_in()]
    return [each for each in loaded if each.model.language.partition("-")[0] == code]


def list_phrases(routines: Sequence[LoadedRoutine], code: str) -> list[Phrase]:
    """Return every wording that these routines can give a voice, each once, and the words of the sides alone."""
    found: dict[str, Phrase] = {}
    for routine in routines:
        for guidance in Guidance:
            for prompt in list_prompts(routine, Choices(guidance=guidance)):
                _add(found, prompt.said, prompt.words, routine.name)
    for words in ALONE.get(code, ()):
        _add(found, words, words, ALONE_FROM)
    return list(found.values())


def read_phrases(
    routines: Sequence[LoadedRoutine], code: str, voice: str | None, rate: int | None, report: Report
) -> tuple[Reading, Clip]:
    """Have a voice speak all phrases of these routines, as it speaks them in a session, and its plain sentence.

    Raises:
        ChoiceError: If there is no voice of this name.
        VoiceError: If the voice fails.
        EncodeError: If ffmpeg is missing or fails.
    """
    request = Request(routines[0].name, voice=voice, rate=rate)
    folder = folders.find_cache()
    speaker = find_speaker(request, language(code), folder)
    listed = list_phrases(routines, code)
    clips: dict[str, Clip] = {}
    plain = language(code).word("calibration")
    wanted = list(dict.fromkeys([plain, *(phrase.said for phrase in listed)]))
    for done, (said, clip) in enumerate(zip(wanted, speaker.voice.speak(wanted), strict=True), start=1):
        clips[said] = clip
        report("speaking", done, len(wanted))
    orders = {routine.name: _order(routine, speaker, clips) for routine in routines}
    return Reading(speaker.id, speaker.voice.identity, tuple(listed), orders, clips), clips[plain]


def _order(routine: LoadedRoutine, speaker: Speaker, clips: dict[str, Clip]) -> tuple[str, ...]:
    """Return what a session says, in order."""
    choices = Choices()
    pace = choose_pace(routine, choices)
    timeline = rehearse(build(routine, choices), pace, speaker.voice, clips, lambda *_: None)
    return tuple(cue.said for cue in timeline.cues if cue.track == "voice")


def _add(found: dict[str, Phrase], said: str, words: str, routine: str) -> None:
    before = found.get(said)
    if before is None:
        found[said] = Phrase(said, words, (routine,))
    elif routine not in before.routines:
        found[said] = replace(before, routines=(*before.routines, routine))
