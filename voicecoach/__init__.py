"""Calm voice-guided exercise audio, paced to the listener's own breath."""

__version__ = "0.1.0"
