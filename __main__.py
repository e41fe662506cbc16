"""Proba: ``python __main__.py MODE`` (or ``./proba MODE``, which sets everything up first)."""

import sys

if __name__ == "__main__":
    from infrastructure.cli.main import main

    sys.exit(main(sys.argv[1:]))
