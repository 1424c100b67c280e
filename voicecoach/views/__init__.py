"""What can be read or seen of a timeline: texts, captions, chapters, plots and covers. Writes nothing."""
