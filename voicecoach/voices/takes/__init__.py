"""Recordings in a folder: which words each of them has, and which one a wording is spoken by.

A recording is named after its text. If only its punctuation or its capitals changed since, it is found by its words:
those that it carries itself (`wave`), or those that its name proves (`words`).
"""

from voicecoach.voices.takes.folder import ENDINGS, Review, Takes, Unused, list_recordings
from voicecoach.voices.takes.wave import encode_wave
from voicecoach.voices.takes.words import read_words

__all__ = ["ENDINGS", "Review", "Takes", "Unused", "encode_wave", "list_recordings", "read_words"]
