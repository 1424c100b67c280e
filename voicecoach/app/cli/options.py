"""The options that commands share, in groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from voicecoach.app import values
from voicecoach.app.cli.fields import Options, argument, choice, flag, from_settings, option, several, switch
from voicecoach.app.cli.parameters import Parsed
from voicecoach.audio.formats import BIT_RATES, FORMATS, Format
from voicecoach.audio.settings import LEAST_UNDER, MOST_TAKES, MOST_UNDER, USUAL_UNDER
from voicecoach.core.notation import read_pace, read_seconds
from voicecoach.core.score import Side
from voicecoach.script.choices import LEFT_RIGHT, Guidance, Intro

if TYPE_CHECKING:
    from fractions import Fraction

    from voicecoach.core.breath import Pace

DEFAULT = "leg-stretch"
"""The routine if none is named."""

TIME = Parsed("TIME", read_seconds)
NAME = Parsed("NAME", str)
LINE = Parsed("TEXT", values.read_line)
LISTENER = Parsed("NAME", values.read_listener)
LANGUAGE = Parsed("CODE", values.read_language)
VOICE = Parsed("NAME", values.read_voice)
SETTING = Parsed("NAME=VALUE", values.read_setting)
RATE = Parsed("WPM", values.whole_number(105, 400))
PITCH = Parsed("0-100", values.whole_number(0, 100))
OUTPUT = Parsed("FILE|FOLDER", values.read_output)
CHIMES = {"none": "", "soft": "soft", "bell": "bell"}
SIDES = {"left": (Side.LEFT,), "right": (Side.RIGHT,), "both": LEFT_RIGHT}
TRACKS = {"one": False, "sides": True}
LOUD, SOFTEST = round(LEAST_UNDER), MOST_UNDER


@dataclass(frozen=True, repr=False, eq=False)
class ExerciseOptions(Options):
    """Which exercise is done, and how much of it."""

    TITLE: ClassVar[str] = "Session"
    routine: str = argument("ROUTINE", DEFAULT)
    breath: Pace | None = option(
        "--breath",
        "Your breath in seconds: 4-6 (in, out), 4-7-8 (in, hold, out), 6/min, or 3-4..4-6 to slow down.",
        Parsed("IN-OUT", read_pace),
        shown="the routine's",
    )
    rounds: int | None = option(
        "--rounds",
        "Rounds for each side, or of the exercise, or of a list of exercises.",
        Parsed("N", values.whole_number(1, 1000)),
        shown="the routine's",
    )
    side: tuple[Side, ...] = choice("--side", "Only one side.", SIDES, default="both")
    first: Side | None = choice(
        "--first", "The side that begins.", {"left": Side.LEFT, "right": Side.RIGHT}, shown="the routine's"
    )
    settings: tuple[tuple[str, str], ...] = several(
        "--set", "Set a parameter of the routine; may be repeated.", SETTING
    )
    added: tuple[str, ...] = several("--with", "Add an optional exercise; may be repeated.", Parsed("NAME|all", str))
    skipped: tuple[str, ...] = several(
        "--skip", "Leave out an exercise, an item or a step, such as jaw or 'left knee'; may be repeated.", NAME
    )
    usual: frozenset[str] = from_settings("breath", "side", "first", "tracks")


@dataclass(frozen=True, repr=False, eq=False)
class SessionOptions(ExerciseOptions):
    """Which session is made, and how long it is."""

    length: Fraction | None = option(
        "--length",
        "Make the session exactly this long, such as 10m, by changing rounds, breaths and rests.",
        TIME,
        shown="the routine's",
    )
    preview: Fraction | None = option(
        "--preview", "Only the beginning of the session, such as 60s.", Parsed("TIME", values.read_preview)
    )
    lead_in: Fraction = option(
        "--lead-in", "Silence before the first word.", Parsed("TIME", values.read_lead_in), default="3s"
    )
    title: str | None = option("--title", "Title of the session.", LINE, shown="the routine's")


@dataclass(frozen=True, repr=False, eq=False)
class WordOptions(Options):
    """What is said."""

    TITLE: ClassVar[str] = "Guidance"
    guidance: Guidance = choice(
        "--guidance",
        "How much is said: everything, less with each round, little, only breath words, or tones instead.",
        {level.value: level for level in Guidance},
        default=Guidance.FULL.value,
    )
    intro: Intro = choice(
        "--intro",
        "What is said before you begin: everything, one safety sentence, or only the name.",
        {each.value: each for each in Intro},
        default=Intro.FULL.value,
    )
    listener: str | None = option(
        "--with-name", "Greet the listener by this name, if the routine has a place for it.", LISTENER
    )
    language: str | None = option(
        "--language", "Use the routine's translation into this language, such as de.", LANGUAGE, shown="the routine's"
    )


@dataclass(frozen=True, repr=False, eq=False)
class GuidanceOptions(WordOptions):
    """What is heard."""

    chime: str | None = choice(
        "--chime", "Bells at the start, at changes and at the end.", CHIMES, shown="one at the end"
    )
    breath_sound: bool | None = switch(
        "--breath-sound/--no-breath-sound",
        "A soft sound under each guided breath: one for in, one for out, one for holds.",
        shown="the routine's",
    )
    hold_tick: bool | None = switch(
        "--hold-tick/--no-hold-tick", "A tick in the last second of each hold.", shown="the routine's"
    )
    sleep: bool | None = switch(
        "--sleep/--no-sleep",
        "For falling asleep: slower and softer over time, no bell or closing words, and a last minute that fades out.",
        shown="the routine's",
    )
    clear: bool | None = switch(
        "--clear/--no-clear",
        "For the hard of hearing: slower words, longer pauses, more level from 1 to 4 kHz, and no bed.",
        shown="the routine's",
    )


@dataclass(frozen=True, repr=False, eq=False)
class VoiceOptions(Options):
    """Who speaks, and how."""

    TITLE: ClassVar[str] = "Voice"
    voice: str | None = option(
        "--voice",
        "Name of a voice, a language, or a part of either; 'voicecoach voices' lists them.",
        VOICE,
        shown="auto, the best for the language",
    )
    rate: int | None = option("--rate", "Words a minute, as heard.", RATE, shown="the voice's own")
    pitch: int | None = option("--pitch", "Pitch of the voice; 50 is its natural pitch.", PITCH, shown="50")
    fall: bool = flag("--fall", "Lower the voice's pitch and speed gradually, by a semitone at the end.")
    variation: int = option(
        "--variation",
        "How many takes of repeated words to make; a natural voice alternates between them.",
        Parsed("1-4", values.whole_number(1, MOST_TAKES)),
        default="1",
    )


@dataclass(frozen=True, repr=False, eq=False)
class SoundOptions(Options):
    """What else is heard."""

    TITLE: ClassVar[str] = "Sound"
    bed: str | None = option(
        "--bed", "Background sound: rain, pad, brown, waves, or a file.", Parsed("NAME|FILE|none", str), shown="none"
    )
    under: int = option(
        "--bed-level",
        "How much quieter the background is than the speech, in LU, 20 to 60.",
        Parsed("LU", values.whole_number(LOUD, SOFTEST)),
        default=str(round(USUAL_UNDER)),
    )
    breath_under: int = option(
        "--breath-level",
        "How much quieter the breath sound is than the speech, in LU, 20 to 60.",
        Parsed("LU", values.whole_number(LOUD, SOFTEST)),
        default=str(round(USUAL_UNDER)),
    )
    room_tone: bool = choice(
        "--room-tone",
        "Faint noise that keeps loudspeakers awake in silence.",
        {"faint": True, "none": False},
        default="faint",
    )
    pan: bool = flag("--pan", "Move the track of each leg a little to its side.")


@dataclass(frozen=True, repr=False, eq=False)
class FileOptions(Options):
    """Which files are written."""

    TITLE: ClassVar[str] = "Files"
    output: values.Output | None = option(
        "-o --output",
        "Where to write: a file, or a folder; a path that ends in / is a new folder.",
        OUTPUT,
        shown="ROUTINE.mp3 here",
    )
    tracks: bool = choice("--tracks", "One file, or one for each leg.", TRACKS, default="one")
    form: Format | None = choice("--format", "Format of the file.", FORMATS, shown="that of the file's name, or mp3")
    bitrate: int | None = option(
        "--bitrate",
        "Kilobits a second, 16 to 320.",
        Parsed("KBPS", values.whole_number(*BIT_RATES)),
        shown="the format's; 64 for mp3",
    )
    captions: tuple[str, ...] | None = option(
        "--captions",
        "Write captions beside it: vtt, srt, lrc, txt, or several with commas.",
        Parsed("KINDS", values.read_captions),
    )
    chapters_json: bool = flag("--chapters-json", "Write a file of chapters for podcast apps beside it.")
    playlist: bool = flag("--playlist", "Write a playlist of the tracks beside it.")
    verify: bool = flag("--verify", "Decode the finished files and compare them with the plan.")
    artist: str | None = option(
        "--artist", "Artist that players show.", Parsed("NAME", values.read_line), shown="voicecoach"
    )
    force: bool = flag("--force", "Also replace files that voicecoach did not make.")

    @property
    def extras(self) -> tuple[str, ...]:
        """The kinds of files that are written beside the sound."""
        flags = {"chapters_json": self.chapters_json, "playlist": self.playlist}
        return (*(self.captions or ()), *(name for name, wanted in flags.items() if wanted))


FORCE = "Also replace a file that voicecoach did not make."
JSON = "Print the result as JSON."
