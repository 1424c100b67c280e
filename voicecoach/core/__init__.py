"""The algebra of a session and its performance: breaths, scores and timelines.

It is pure: it reads no files and imports nothing but the standard library, the errors and the tables of languages.
Other packages use the submodules in ``__all__``.
"""

__all__ = ["breath", "layout", "notation", "perform", "score", "spelling", "tempo", "ticks", "timeline"]
