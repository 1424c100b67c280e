"""Voices: anything that turns words into clips, and what wraps a voice and is a voice again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.audio.clip import Clip


class Voice(Protocol):
    """The one port for speech."""

    @property
    def identity(self) -> str:
        """Everything that changes how it sounds (kind, name, version, settings), as one line of text."""

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Speak each wording, in order, each clip as soon as it is ready.

        A clip has no silence of the voice's own at its ends, and the one loudness that all clips have.

        Raises:
            VoiceError: When a wording can't be spoken; no clip is ever empty, cut short or silent instead.
        """


@runtime_checkable
class Mixed(Protocol):
    """A voice put together of others, or of files: each wording has an identity of its own, by which it is kept."""

    def identity_of(self, wording: str) -> str:
        """Everything that changes how this wording sounds, as one line of text."""
