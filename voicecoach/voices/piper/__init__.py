"""Piper's neural voices, and how they are downloaded."""
