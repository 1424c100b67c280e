"""Sound: clips, ffmpeg, loudness, MP3 frames, mixing, tags, and the files of a session."""

__all__ = [
    "clip",
    "fall",
    "ffmpeg",
    "ffmpeg_choice",
    "filters",
    "formats",
    "id3",
    "loudness",
    "mp3",
    "pauses",
    "pcm",
    "provenance",
    "render",
    "settings",
    "sounds",
    "stream",
    "tagging",
    "takes",
    "verify",
    "writer",
]
