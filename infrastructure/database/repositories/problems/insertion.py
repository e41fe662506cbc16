"""Storing a revision: with all its tests, in one statement."""

from typing import Any

from sqlalchemy import bindparam, text

from domain.problems.entities import Revision, TestExtras
from infrastructure.database.repositories.problems.mappers import NO_EXTRAS, revision_values
from infrastructure.database.repositories.problems.models import RevisionModel
from infrastructure.database.types import json_text

COLUMNS = RevisionModel.__table__.columns
NAMES = tuple(column.name for column in COLUMNS)

INSERT = text(f"""
WITH revision AS (
    INSERT INTO revisions ({", ".join(NAMES)}) VALUES ({", ".join(f":{name}" for name in NAMES)})
)
INSERT INTO test_cases (
    revision_id, index, name, "group", sample, points, input_digest, input_size, answer_digest, answer_size, extras
)
SELECT :id, test.place - 1, test.name, test."group", test.sample, test.points, test.input_digest, test.input_size,
    test.answer_digest, test.answer_size, CAST(test.extras AS jsonb)
FROM unnest(
    CAST(:test_name AS text[]), CAST(:test_group AS text[]), CAST(:test_sample AS boolean[]),
    CAST(:test_points AS double precision[]), CAST(:test_input_digest AS bytea[]),
    CAST(:test_input_size AS bigint[]), CAST(:test_answer_digest AS bytea[]), CAST(:test_answer_size AS bigint[]),
    CAST(:test_extras AS text[])
) WITH ORDINALITY AS test(
    name, "group", sample, points, input_digest, input_size, answer_digest, answer_size, extras, place
)
""").bindparams(*(bindparam(column.name, type_=column.type) for column in COLUMNS))  # noqa: S608  # made of constants


def insertion(revision: Revision) -> dict[str, Any]:
    """The parameters of INSERT."""
    tests = revision.tests
    return revision_values(revision) | {
        "test_name": [test.name for test in tests],
        "test_group": [test.group for test in tests],
        "test_sample": [test.sample for test in tests],
        "test_points": [test.points for test in tests],
        "test_input_digest": [test.input.digest for test in tests],
        "test_input_size": [test.input.size for test in tests],
        "test_answer_digest": [test.answer.digest for test in tests],
        "test_answer_size": [test.answer.size for test in tests],
        "test_extras": [None if test.extras == NO_EXTRAS else json_text(test.extras, TestExtras) for test in tests],
    }
