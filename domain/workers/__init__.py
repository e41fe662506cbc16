"""Workers that have registered themselves."""
