"""Routines at a glance: a table of the built-in ones, and descriptions of the user's own."""
