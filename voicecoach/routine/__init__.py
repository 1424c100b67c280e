"""The routine language: reading, checking and explaining the files that people write.

Other packages use the submodules in ``__all__``.
"""

__all__ = [
    "authoring",
    "checks",
    "formulas",
    "library",
    "lint",
    "loader",
    "model",
    "phase_steps",
    "postures",
    "sidedness",
    "source",
    "speakable",
    "text_normalisation",
    "values",
]
