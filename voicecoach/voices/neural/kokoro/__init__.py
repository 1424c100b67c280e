"""Kokoro's neural voices: one model for several languages, installed on request."""
