"""How setters' checkers and interactors are called: one class a protocol."""

from collections.abc import Mapping

from application.judging.checker_call import CheckerCall
from application.judging.checker_calls.cms_call import CmsCall
from application.judging.checker_calls.coci_call import CociCall
from application.judging.checker_calls.dmoj_call import DmojCall
from application.judging.checker_calls.dmoj_python_call import DmojPythonCall
from application.judging.checker_calls.icpc_call import IcpcCall
from application.judging.checker_calls.peg_call import PegCall
from application.judging.checker_calls.testlib_call import TestlibCall
from domain.problems.enums import CheckerProtocol

__all__ = ["CmsCall", "CociCall", "DmojCall", "DmojPythonCall", "IcpcCall", "PegCall", "TestlibCall", "call_of"]


_CALLS: Mapping[CheckerProtocol, CheckerCall] = {
    CheckerProtocol.ICPC: IcpcCall(),
    CheckerProtocol.TESTLIB: TestlibCall(),
    CheckerProtocol.DMOJ: DmojCall(),
    CheckerProtocol.COCI: CociCall(),
    CheckerProtocol.PEG: PegCall(),
    CheckerProtocol.DMOJ_PYTHON: DmojPythonCall(),
    CheckerProtocol.CMS: CmsCall(),
}


def call_of(protocol: CheckerProtocol) -> CheckerCall:
    """The protocol's; without state, so that any number of tests may share it."""
    return _CALLS[protocol]
