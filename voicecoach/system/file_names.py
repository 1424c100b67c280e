"""Names of files that are made from words."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata

_LONGEST_SLUG = 40
"""Letters of the words that a name has at most."""


def name_recording(words: str) -> str:
    """Return the name of a recording of these words, without the ending: the same for every routine.

    It has small ASCII letters, digits and hyphens only, which every file system can hold. Five bytes of a hash keep the
    names of different words apart.

    >>> name_recording("Breathe in"), name_recording(" Breathe  in ")
    ('breathe-in-ow3xpflw', 'breathe-in-ow3xpflw')
    """
    text = " ".join(unicodedata.normalize("NFC", words).split())
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub("[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    if len(slug) > _LONGEST_SLUG:
        whole_words = slug[: slug.rfind("-", 0, _LONGEST_SLUG + 1)]
        slug = (whole_words if "-" in slug[: _LONGEST_SLUG + 1] else slug[:_LONGEST_SLUG]).strip("-")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return f"{slug or 'words'}-{base64.b32encode(digest[:5]).decode().lower()}"
