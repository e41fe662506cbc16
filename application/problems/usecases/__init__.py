from application.problems.revision_publisher import PutOutcome
from application.problems.usecases.archive_problem import ArchiveProblem
from application.problems.usecases.export_package import ExportedPackage, ExportPackage
from application.problems.usecases.get_import import GetImport
from application.problems.usecases.get_last_import import GetLastImport
from application.problems.usecases.get_problem import GetProblem, ProblemView
from application.problems.usecases.import_package import ImportPackage
from application.problems.usecases.list_problems import ListProblems
from application.problems.usecases.list_revisions import ListRevisions
from application.problems.usecases.list_tests import ListTests, TestView
from application.problems.usecases.put_problem import PutProblem, PutResult
from application.problems.usecases.request_import import RequestImport

__all__ = [
    "ArchiveProblem",
    "ExportPackage",
    "ExportedPackage",
    "GetImport",
    "GetLastImport",
    "GetProblem",
    "ImportPackage",
    "ListProblems",
    "ListRevisions",
    "ListTests",
    "ProblemView",
    "PutOutcome",
    "PutProblem",
    "PutResult",
    "RequestImport",
    "TestView",
]
