"""Make the clips in ``audio_assets/clips`` anew: scripts/make_clips [--check]."""

import sys

from scripts.clips.make import main

sys.exit(main())
