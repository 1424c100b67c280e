"""Calculated values: their syntax, their evaluation, and breaths that are calculated."""
