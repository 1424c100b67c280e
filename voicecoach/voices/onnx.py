"""Imports ONNX Runtime with its telemetry off, for all voices that run a model.

Since version 1.32 it writes an id of the device into the user's cache folder as soon as it is imported, and reports the
program and the machine to its makers. voicecoach sends nothing anywhere.
"""

from __future__ import annotations

import os
from typing import Any


def import_onnxruntime() -> Any:  # noqa: ANN401 - it has no types
    """Return the module ``onnxruntime``.

    The environment has to say it before the first import; processes that this one starts inherit it.

    Raises:
        ImportError: When it is missing or does not fit this machine.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # if somebody has imported it before us, and where the variable is unknown
    return onnxruntime
