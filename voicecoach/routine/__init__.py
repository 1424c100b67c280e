"""The routine language: reading, checking and explaining the files that people write.

Other packages use the submodules in ``__all__``.
"""

__all__ = [
    "authoring",
    "checks",
    "formula",
    "formula_syntax",
    "library",
    "lint",
    "loader",
    "model",
    "pace_formula",
    "phase_keys",
    "sidedness",
    "source",
    "speakable",
    "text_normalisation",
    "values",
]
