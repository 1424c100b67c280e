"""What all voices with a neural model share: the workers that speak, and what becomes of their sound."""
