"""What `import voicecoach` offers, in parts: routines, scores in Python, sessions, the studio."""
