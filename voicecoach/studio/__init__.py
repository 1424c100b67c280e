"""The studio: a page on the user's own machine to hear, change and export sessions. It uses the public API alone."""

__all__: list[str] = []
