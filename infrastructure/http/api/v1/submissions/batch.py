"""A batch: each submission is accepted or refused on its own, bad shapes included."""

from typing import Annotated, Any

from fastapi import Body
from pydantic import TypeAdapter, ValidationError

from application.idempotency.replies import Reply
from application.submissions.usecases import NewSubmission
from domain.exceptions import ProbaError
from domain.submissions.entities import SubmissionView
from infrastructure.http.api.errors import error_model, problem
from infrastructure.http.api.models import ErrorModel
from infrastructure.http.api.v1.submissions.mappers import new_submission, submission_model
from infrastructure.http.api.v1.submissions.models import BatchAnswerModel, NewSubmissionModel
from infrastructure.http.api.validation_errors import field_errors

MOST = 1000

Batch = Annotated[
    list[Any],
    Body(min_length=1, max_length=MOST, description="each as in POST /submissions"),
]

ANSWERS = TypeAdapter(list[BatchAnswerModel])

BODY_SCHEMA = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MOST,
                    "items": {"$ref": f"#/components/schemas/{NewSubmissionModel.__name__}"},
                }
            }
        },
    }
}
"""The body's items are checked one by one, so that FastAPI cannot know their shape."""


def read_batch(body: list[Any]) -> list[NewSubmission | ErrorModel]:
    """Each item as a submission, or why it is none."""
    return [_read(item) for item in body]


def _read(item: Any) -> NewSubmission | ErrorModel:
    try:
        return new_submission(NewSubmissionModel.model_validate(item))
    except ValidationError as error:
        fields = field_errors({**e, "loc": ("body", *e["loc"])} for e in error.errors(include_url=False))
        return problem(422, "; ".join(f"{f.pointer or 'it'}: {f.detail}" for f in fields[:3]), "invalid", fields)


def batch_answers(
    read: list[NewSubmission | ErrorModel], answers: list[SubmissionView | ProbaError]
) -> list[BatchAnswerModel]:
    """One answer for each item of the body, in its order; ``answers`` are those of the items that could be read."""
    coming = iter(answers)
    return [_refused(one) if isinstance(one, ErrorModel) else _answer(next(coming)) for one in read]


def batch_reply(answers: list[BatchAnswerModel]) -> Reply:
    """What is kept for a repetition."""
    return Reply(200, {}, ANSWERS.dump_json(answers, by_alias=True))


def _answer(answer: SubmissionView | ProbaError) -> BatchAnswerModel:
    if isinstance(answer, ProbaError):
        return _refused(error_model(answer))
    return BatchAnswerModel(status=201, submission=submission_model(answer))


def _refused(error: ErrorModel) -> BatchAnswerModel:
    return BatchAnswerModel(status=error.status, error=error)
