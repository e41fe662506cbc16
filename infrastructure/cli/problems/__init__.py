"""``problems``: packages from the command line: proven on this machine, or sent to a running service."""
