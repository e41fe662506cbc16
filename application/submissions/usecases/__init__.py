from application.submissions.usecases.get_sources import GetSources
from application.submissions.usecases.get_submission import GetSubmission
from application.submissions.usecases.judge_next_job import JudgeNextJob
from application.submissions.usecases.list_jobs import ListJobs
from application.submissions.usecases.list_submissions import ListSubmissions
from application.submissions.usecases.submit_solutions import NewSubmission, SubmitSolutions

__all__ = [
    "GetSources",
    "GetSubmission",
    "JudgeNextJob",
    "ListJobs",
    "ListSubmissions",
    "NewSubmission",
    "SubmitSolutions",
]
