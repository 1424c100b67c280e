"""Make the sounds in ``audio_assets`` anew: scripts/run assets [--check]."""

import sys

from scripts.assets.make import main

sys.exit(main())
