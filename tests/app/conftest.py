"""What the tests of the program share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _same_sound_is_encoded_once(_encode_once: None) -> None:
    """Sessions of the same words are made in many of these tests."""
