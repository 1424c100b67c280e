"""Voices: each turns words into clips. The port that all have, the kinds of voices, and finding one by its name."""
