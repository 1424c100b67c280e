"""Names the command that installs a package where the program finds it."""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from voicecoach.system.folders import quote_argument


def name_command(package: str, option: str = "") -> str:
    """Return what people type to install a package into the Python that runs the program.

    voicecoach itself is on no index, so a plain ``pip install 'voicecoach[record]'`` would find nothing. And the
    ``pip`` of a terminal belongs to another Python than that of a checkout or of pipx.

    Args:
        package: Its name.
        option: An option of ``pip install``.
    """
    python, wanted = quote_argument(sys.executable), " ".join(filter(None, (option, package)))
    if (Path(sys.prefix) / "pipx_metadata.json").exists():
        return f"pipx runpip voicecoach install {wanted}" if option else f"pipx inject voicecoach {package}"
    if not find_spec("pip") and shutil.which("uv"):
        return f"uv pip install --python {python} {wanted}"
    return f"{python} -m pip install {wanted}"
