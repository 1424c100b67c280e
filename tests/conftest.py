"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# A slow machine is no mistake: speed is measured by scripts/bench, as ratios.
settings.register_profile("voicecoach", deadline=None)
settings.load_profile("voicecoach")
