"""Names of files that are made from words."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata

_LONGEST_SLUG = 40
"""Letters of the words that a name has at most."""

_NAME = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)-([a-z2-7]{8})")


def name_recording(words: str) -> str:
    """Return the name of a recording of these words, without the ending: the same for every routine.

    It has small ASCII letters, digits and hyphens only, which every file system can hold. Five bytes of a hash keep the
    names of different words apart.

    >>> name_recording("Breathe in"), name_recording(" Breathe  in ")
    ('breathe-in-ow3xpflw', 'breathe-in-ow3xpflw')
    """
    text = " ".join(unicodedata.normalize("NFC", words).split())
    return f"{make_slug(text)}-{hash_words(text)}"


def make_slug(text: str) -> str:
    """Return the readable part of a name: the first words of a text.

    >>> make_slug("Breathe in, and don't hold it")
    'breathe-in-and-dont-hold-it'
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub("[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    if len(slug) > _LONGEST_SLUG:
        whole_words = slug[: slug.rfind("-", 0, _LONGEST_SLUG + 1)]
        slug = (whole_words if "-" in slug[: _LONGEST_SLUG + 1] else slug[:_LONGEST_SLUG]).strip("-")
    return slug or "words"


def hash_words(text: str) -> str:
    """Return the part of a name that belongs to one text only; white space in it must be normalized.

    >>> hash_words("Breathe in")
    'ow3xpflw'
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest[:5]).decode().lower()


def split_name(stem: str) -> tuple[str, str]:
    """Return the two parts of the name of a recording; two empty ones if it is another name.

    >>> split_name("breathe-in-ow3xpflw"), split_name("holiday")
    (('breathe-in', 'ow3xpflw'), ('', ''))
    """
    match = _NAME.fullmatch(stem)
    return (match[1], match[2]) if match else ("", "")
