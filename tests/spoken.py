"""The voice that tests with real sound speak with, whatever the default is."""

VOICE = "system"
