"""Voices: each turns words into clips. The port that all have, the kinds of voices, and finding one by its name.

Other packages use the submodules in ``__all__``.
"""

__all__ = [
    "cached",
    "download",
    "espeak",
    "finding",
    "listing",
    "matching",
    "port",
    "shipped",
    "system",
    "takes",
    "testing",
]
