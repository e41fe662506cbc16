from application.problems.revision_publisher import PutOutcome
from application.problems.usecases.archive_problem import ArchiveProblem
from application.problems.usecases.export_package import ExportedPackage, ExportPackage
from application.problems.usecases.get_attachment import GetAttachment
from application.problems.usecases.get_import import GetImport
from application.problems.usecases.get_last_import import GetLastImport
from application.problems.usecases.get_problem import GetProblem, ProblemView
from application.problems.usecases.get_sample_file import GetSampleFile
from application.problems.usecases.get_statement import GetStatement
from application.problems.usecases.get_statement_file import GetStatementFile
from application.problems.usecases.import_package import ImportPackage
from application.problems.usecases.list_attachments import ListAttachments
from application.problems.usecases.list_problems import ListProblems
from application.problems.usecases.list_revisions import ListRevisions
from application.problems.usecases.list_samples import ListSamples, SampleView
from application.problems.usecases.list_statements import ListStatements
from application.problems.usecases.list_tests import ListTests, TestView
from application.problems.usecases.put_problem import PutProblem, PutResult
from application.problems.usecases.request_import import RequestImport

__all__ = [
    "ArchiveProblem",
    "ExportPackage",
    "ExportedPackage",
    "GetAttachment",
    "GetImport",
    "GetLastImport",
    "GetProblem",
    "GetSampleFile",
    "GetStatement",
    "GetStatementFile",
    "ImportPackage",
    "ListAttachments",
    "ListProblems",
    "ListRevisions",
    "ListSamples",
    "ListStatements",
    "ListTests",
    "ProblemView",
    "PutOutcome",
    "PutProblem",
    "PutResult",
    "RequestImport",
    "SampleView",
    "TestView",
]
