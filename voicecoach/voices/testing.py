"""What every voice must do, as tests that other packages can run on theirs.

In a test file of pytest, with a voice from ``voicecoach.voices.finding.find_voice`` or from its kind:

    from voicecoach.testing import VoiceContract

    class TestMine(VoiceContract):
        def voice(self):
            return MyVoice()

Anywhere else, ``voicecoach.testing.check_voice(MyVoice())`` raises an AssertionError for the first fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg, filters
from voicecoach.audio.clip import INAUDIBLE, SAMPLE_RATE, Clip, find_peak
from voicecoach.errors import VoiceError, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voicecoach.voices.port import Voice

LOUDNESS, WITHIN = -18.0, 1.0
"""LUFS of a clip of a second or more, and by how much it may be missed."""

EDGE = SAMPLE_RATE // 20
"""Samples in which a clip is heard to begin, and to end: 50 ms."""

LONG = " ".join(["Breathe out slowly, and let your shoulders become soft and heavy."] * 24)
"""Some 1,500 characters in one phrase."""

PLAIN = ("Sit tall, and let your shoulders become soft and heavy.", "Out", "And slowly breathe in again.")

ODD = (
    *("", "   ", "\n", "…", "—", "🧘", "🙏🏽 🧘‍♀️", "\x00", "a\x00b", "\ufeff", "\u200b\u200d", "\ud800"),
    *("<break time='2s'/>", "& < > \" '", "-x", "--help", "{text}", "$(true)", "%s %n", "a\nb\tc"),
)
"""Texts that may be spoken or refused, but nothing else."""

SPOKEN = ("Señor, ça va? Größe: 3 °C", "שלום", "呼吸", "дыши", "e\u0301", "“quoted” and so on…")
"""Texts in other scripts: spoken, or refused by a voice that has no sound for them."""


class VoiceContract:
    """Tests of one voice; a class that inherits from it says which."""

    def voice(self) -> Voice:
        """Return the voice, each time a new one with the same settings."""
        raise NotImplementedError

    def test_clips_come_in_order_one_for_each_wording(self) -> None:
        """The third wording, which is the first again, is as long as it, and the second is shorter."""
        long, short = PLAIN[:2]
        first, second, third = self._speak([long, short, long])
        _require(second.samples < min(first.samples, third.samples), "clips don't come in the order of their wordings")
        _require(abs(first.samples - third.samples) < first.samples / 10, "the same wording lasts differently")

    def test_no_clip_is_silent_or_has_silence_at_its_ends(self) -> None:
        """Cues are laid by the ends of clips: they are heard in the first and in the last 50 ms."""
        for text, clip in zip(PLAIN, self._speak(PLAIN), strict=True):
            _check_heard(text, clip)
            _require(find_peak(clip[:EDGE]) >= INAUDIBLE, f"the clip of {quote(text)} begins with silence")
            _require(find_peak(clip[-EDGE:]) >= INAUDIBLE, f"the clip of {quote(text)} ends with silence")

    def test_clips_of_a_second_or_more_have_one_loudness(self) -> None:
        """It is -18 LUFS."""
        for text, clip in zip(PLAIN, self._speak(PLAIN), strict=True):
            if clip.seconds >= 1:
                level = _loudness(clip)
                _require(abs(level - LOUDNESS) <= WITHIN, f"{quote(text)} has {level:.1f} LUFS, not {LOUDNESS:.0f}")

    def test_the_identity_is_one_line_and_stays(self) -> None:
        """Clips are kept by it: it is the same before and after speaking, and for another voice with these settings."""
        voice = self.voice()
        before = voice.identity
        _require(
            bool(before.strip()) and len(before.splitlines()) == 1, f"the identity {quote(before)} is not one line"
        )
        list(voice.speak(PLAIN[1:2]))
        _require(voice.identity == before, "the identity changes by speaking")
        _require(self.voice().identity == before, "two voices with the same settings have two identities")

    def test_nothing_to_say_gives_nothing(self) -> None:
        """No wordings, no clips."""
        _require(self._speak([]) == [], "clips come of no wordings")

    def test_what_can_not_be_said_is_a_voice_error(self) -> None:
        """An odd text gives a clip with sound, or a VoiceError, after which the voice still works."""
        voice = self.voice()
        for text in ODD:
            _speak_or_refuse(voice, text)
        _require(len(list(voice.speak(PLAIN[1:2]))) == 1, "the voice does not speak again after what it can't say")

    def test_other_scripts_are_spoken_or_refused(self) -> None:
        """The same for letters of other languages."""
        voice = self.voice()
        for text in SPOKEN:
            _speak_or_refuse(voice, text)

    def test_a_very_long_text_is_spoken_whole_or_refused(self) -> None:
        """It lasts at least a fifth of what its words take at 130 a minute."""
        clip = _speak_or_refuse(self.voice(), LONG)
        least = len(LONG.split()) / 130 * 60 / 5
        _require(clip is None or clip.seconds >= least, f"{len(LONG)} characters are over in {clip and clip.seconds} s")

    def test_a_reader_can_stop_early_and_the_voice_speaks_again(self) -> None:
        """A session that is interrupted closes the iterator, if that can be closed."""
        voice = self.voice()
        spoken = iter(voice.speak(PLAIN))
        _require(next(spoken, None) is not None, f"{len(PLAIN)} wordings gave no clip")
        if hasattr(spoken, "close"):
            spoken.close()
        _require(len(list(voice.speak(PLAIN[1:2]))) == 1, "the voice does not speak again after a reader stopped")

    def _speak(self, texts: Sequence[str]) -> list[Clip]:
        return _speak(self.voice(), texts)


def check(voice: Voice) -> None:
    """Run all tests of the contract on one voice.

    Raises:
        AssertionError: For the first fault.
    """

    class Checked(VoiceContract):
        def voice(self) -> Voice:
            return voice

    for needed in ("identity", "speak"):
        _require(hasattr(voice, needed), f"a voice needs {needed!r}, and {type(voice).__name__} has none")
    tests = Checked()
    for name in (each for each in dir(tests) if each.startswith("test_")):
        try:
            getattr(tests, name)()
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(f"the voice raises {type(error).__name__}: {error}") from error


def _speak(voice: Voice, texts: Sequence[str]) -> list[Clip]:
    clips = list(voice.speak(texts))
    _require(len(clips) == len(texts), f"{len(texts)} wordings gave {len(clips)} clips")
    return clips


def _speak_or_refuse(voice: Voice, text: str) -> Clip | None:
    try:
        (clip,) = _speak(voice, [text])
    except VoiceError:
        return None
    except AssertionError:
        raise
    except Exception as error:
        raise AssertionError(f"{quote(text)} raises {type(error).__name__} and no VoiceError: {error}") from error
    _check_heard(text, clip)
    return clip


def _check_heard(text: str, clip: Clip) -> None:
    _require(isinstance(clip, Clip), f"{quote(text)} gives {type(clip).__name__}, not a Clip")
    _require(find_peak(clip) >= INAUDIBLE, f"the clip of {quote(text)} is silent")


def _loudness(clip: Clip) -> float:
    """Measure the integrated loudness of a clip in LUFS, by BS.1770."""
    from voicecoach.audio.loudness import GATE, read_summary
    from voicecoach.audio.mp3 import PCM

    said = ffmpeg.run(
        [*PCM, "-af", filters.LOUDNESS, *filters.TO_NOWHERE],
        what="measuring a clip",
        data=clip.pcm,
        loglevel="info",
    ).stderr
    level = read_summary(said)
    return GATE if level is None else level


def _require(so: bool, otherwise: str) -> None:  # noqa: FBT001 - like assert, which -O would remove
    if not so:
        raise AssertionError(otherwise)
