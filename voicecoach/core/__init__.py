"""The algebra of a session and its performance: breaths, scores and timelines. Pure; standard library only."""
