# ruff: noqa: RUF001 - full stops of many scripts
"""Facts about languages that do not depend on the words of a session; codes are those of BCP 47.

They are Python rather than a table in a file because every session needs them, and reading a file takes time.
"""

from __future__ import annotations

_SAME = (
    ("ar", "arb"),
    ("az", "azj"),
    ("cmn", "zh", "zh-cmn"),
    ("et", "ekk"),
    ("fa", "pes"),
    ("fil", "tl"),
    ("gn", "gug"),
    ("he", "iw"),
    ("id", "in"),
    ("jv", "jw"),
    ("ku", "kmr"),
    ("lv", "lvs"),
    ("mn", "khk"),
    ("ms", "zsm"),
    ("nb", "no"),
    ("ne", "npi"),
    ("om", "gaz"),
    ("or", "ory"),
    ("ps", "pbu"),
    ("qu", "quz"),
    ("ro", "mo"),
    ("sq", "als"),
    ("sw", "swh"),
    ("uz", "uzn"),
    ("yi", "ji", "ydd"),
    ("yue", "zh-yue", "zh-hk", "zh-mo"),
)
"""Groups of codes that mean the same language for a voice; the first of each is the code that we use."""

_FULL_STOPS = {
    "。": "cmn gan hak ii ja nan wuu yue",
    "।": "as bho bn hi mag mai ne or pa sa",
    "۔": "ks sd skr ur",
    "።": "am gez ti",
    "։": "hy hyw",
    "။": "ksw my shn",
    "។": "km",
    "།": "bo dz",
    "": "lo th",
}
"""Marks that end a sentence instead of a full stop, each with its languages."""

CAPITALS = {
    "az": (("i", "İ"),),
    "crh": (("i", "İ"),),
    "gag": (("i", "İ"),),
    "nl": (("ij", "IJ"),),
    "tr": (("i", "İ"),),
}
"""Capitals at the start of a text that differ from those of most languages."""

SAME = {code: group[0] for group in _SAME for code in group}
FULL_STOPS = {code: mark for mark, codes in _FULL_STOPS.items() for code in codes.split()}
