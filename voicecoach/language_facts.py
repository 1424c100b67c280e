# ruff: noqa: RUF001 - full stops of many scripts
"""Facts about languages that hold whatever words a session says; codes are those of BCP 47.

They are Python and not a table to be read, since every session needs them, also one that reads nothing else.
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
"""Codes that mean one language for a voice, first the one we look for: old codes, groups and their main language."""

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
"""How a sentence ends, if not with a full stop, and the languages in which it does."""

CAPITALS = {
    "az": (("i", "İ"),),
    "crh": (("i", "İ"),),
    "gag": (("i", "İ"),),
    "nl": (("ij", "IJ"),),
    "tr": (("i", "İ"),),
}
"""Capitals at the start of a text that are not those of most languages."""

SAME = {code: group[0] for group in _SAME for code in group}
FULL_STOPS = {code: mark for mark, codes in _FULL_STOPS.items() for code in codes.split()}
