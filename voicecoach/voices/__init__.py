"""Voices: each turns words into clips. The port that all have, the kinds of voices, and finding one by its name.

Other packages use the submodules in ``__all__``.
"""

__all__ = [
    "cached",
    "clear",
    "espeak",
    "finding",
    "installing",
    "listing",
    "matching",
    "packages",
    "polish",
    "pool",
    "port",
    "recommended",
    "recorded",
    "shipped",
    "system",
    "takes",
    "testing",
]
