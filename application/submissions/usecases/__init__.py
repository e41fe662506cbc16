from application.submissions.usecases.cancel_rejudge import CancelRejudge
from application.submissions.usecases.cancel_submission import CancelSubmission
from application.submissions.usecases.delete_submission import DeleteSubmission
from application.submissions.usecases.end_recalled_jobs import EndRecalledJobs
from application.submissions.usecases.get_rejudge import GetRejudge
from application.submissions.usecases.get_sources import GetSources
from application.submissions.usecases.get_submission import GetSubmission
from application.submissions.usecases.judge_next_job import JudgeNextJob
from application.submissions.usecases.list_jobs import ListJobs
from application.submissions.usecases.list_rejudges import ListRejudges
from application.submissions.usecases.list_submissions import ListSubmissions
from application.submissions.usecases.rejudge_submission import RejudgeSubmission
from application.submissions.usecases.rejudge_submissions import RejudgeSubmissions
from application.submissions.usecases.submit_solutions import NewSubmission, SubmitSolutions

__all__ = [
    "CancelRejudge",
    "CancelSubmission",
    "DeleteSubmission",
    "EndRecalledJobs",
    "GetRejudge",
    "GetSources",
    "GetSubmission",
    "JudgeNextJob",
    "ListJobs",
    "ListRejudges",
    "ListSubmissions",
    "NewSubmission",
    "RejudgeSubmission",
    "RejudgeSubmissions",
    "SubmitSolutions",
]
