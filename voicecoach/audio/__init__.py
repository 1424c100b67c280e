"""Sound: clips, ffmpeg, loudness, MP3 frames, mixing, tags, and the files of a session."""
