"""Readable and visible forms of a timeline: texts, captions, chapters, plots and covers. No module here writes a file.

Other packages use the submodules in ``__all__``.
"""

__all__ = [
    "captions",
    "caution",
    "chapters",
    "cover",
    "craft",
    "cuesheet",
    "dose",
    "exchange",
    "live",
    "plot",
    "prompt_lists",
    "prompts",
    "session_lint",
    "shapes",
    "terminal",
    "text",
    "transcript",
]
