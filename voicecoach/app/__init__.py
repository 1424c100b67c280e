"""The program: sessions made and checked, settings, playing, and the command line.

Other packages use the submodules in ``__all__``.
"""

__all__ = [
    "cli",
    "config",
    "export",
    "overview",
    "piece_cache",
    "recording",
    "request",
    "review",
    "session",
    "speaker",
    "values",
]
