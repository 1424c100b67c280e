"""The script builder: a routine and the listener's choices become a score, at an exact length if one is asked for.

It is pure: it reads no files. Other packages use the submodules in ``__all__``.
"""

__all__ = ["builder", "choices", "exercises", "fit", "ledger", "nearer", "pacing", "piece", "tally", "waits"]
