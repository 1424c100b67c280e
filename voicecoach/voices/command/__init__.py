"""Voices of the user's own commands: their definitions in the settings, and how they speak."""
