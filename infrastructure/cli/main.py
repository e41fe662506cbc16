import logging
import os
import sys
import traceback
from collections.abc import Sequence

from infrastructure.cli.app import make_app
from infrastructure.cli.exceptions import ExitCode
from infrastructure.cli.failures import exit_code_of


def main(arguments: Sequence[str]) -> int:
    """Run the mode named by the first argument; the exit code. What goes wrong is told in words, with a traceback only
    when PROBA_DEBUG is set.
    """
    logging.basicConfig(format="proba: %(message)s", stream=sys.stderr, level=logging.WARNING)
    try:
        make_app()(list(arguments), prog_name="proba")
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else ExitCode.FAILED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the last one who can tell it
        if os.environ.get("PROBA_DEBUG"):
            traceback.print_exc()
        code, words = exit_code_of(error)
        print(f"proba: {words}", file=sys.stderr)  # noqa: T201
        return code
    return ExitCode.OK
