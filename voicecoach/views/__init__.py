"""What can be read or seen of a timeline: texts, captions, chapters, plots and covers. Writes nothing.

Other packages use the submodules in ``__all__``.
"""

__all__ = [
    "captions",
    "caution",
    "chapters",
    "cover",
    "cuesheet",
    "dose",
    "exchange",
    "live",
    "plot",
    "prompts",
    "session_lint",
    "terminal",
    "text",
    "transcript",
]
