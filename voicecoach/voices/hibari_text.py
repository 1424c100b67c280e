"""A wording as hibari's text front end reads it well: numbers and signs as words, difficult words in phonemes."""

from __future__ import annotations


def rewrite(wording: str) -> str:
    """Return the text that hibari is given for a wording.

    >>> rewrite("Breathe in")
    'Breathe in'
    """
    return wording
