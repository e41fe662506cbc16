"""Programming languages that submissions are written in."""
