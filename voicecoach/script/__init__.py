"""The script builder: steps of a routine become the score of a session."""
