"""hibari's natural English voices."""
