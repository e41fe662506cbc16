"""Storing submissions: any number of them, with their first jobs, in one statement."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from domain.submissions.entities import JobId, Submission

COMPILATION_COST = 10
"""A job is estimated to cost its tests and this much: virtual time is about effort, which nobody knows before."""

CLOCKS = """wanted AS MATERIALIZED (
    SELECT key_id, new.priority, sum(cost) AS cost, COALESCE(max(clock.virtual_now), 0) AS virtual_now
    FROM new LEFT JOIN queue_clocks AS clock ON clock.priority = new.priority
    GROUP BY key_id, new.priority
), new_queue_clocks AS (
    INSERT INTO queue_clocks (priority, virtual_now)
    SELECT DISTINCT priority, 0 FROM wanted
    WHERE NOT EXISTS (SELECT FROM queue_clocks WHERE queue_clocks.priority = wanted.priority)
    ON CONFLICT DO NOTHING
), new_key_clocks AS (
    INSERT INTO key_clocks (key_id, priority, virtual_last)
    SELECT key_id, priority, 0 FROM wanted
    WHERE NOT EXISTS (
        SELECT FROM key_clocks WHERE key_clocks.key_id = wanted.key_id AND key_clocks.priority = wanted.priority
    )
    ON CONFLICT DO NOTHING
), held AS MATERIALIZED (
    SELECT clock.key_id, clock.priority, clock.virtual_last
    FROM key_clocks AS clock JOIN wanted ON wanted.key_id = clock.key_id AND wanted.priority = clock.priority
    FOR UPDATE OF clock SKIP LOCKED
), folded AS (
    DELETE FROM key_charges AS charge USING held
    WHERE charge.key_id = held.key_id AND charge.priority = held.priority
    RETURNING charge.key_id, charge.priority, charge.cost
), starts AS MATERIALIZED (
    SELECT wanted.key_id, wanted.priority, wanted.cost, TRUE AS is_held,
        GREATEST(wanted.virtual_now, held.virtual_last + COALESCE((
            SELECT sum(cost) FROM folded WHERE folded.key_id = held.key_id AND folded.priority = held.priority
        ), 0)) AS virtual_start
    FROM wanted JOIN held ON held.key_id = wanted.key_id AND held.priority = wanted.priority
    UNION ALL
    SELECT wanted.key_id, wanted.priority, wanted.cost, FALSE,
        GREATEST(wanted.virtual_now, COALESCE(clock.virtual_last, 0) + COALESCE((
            SELECT sum(cost) FROM key_charges AS charge
            WHERE charge.key_id = wanted.key_id AND charge.priority = wanted.priority
        ), 0))
    FROM wanted LEFT JOIN key_clocks AS clock ON clock.key_id = wanted.key_id AND clock.priority = wanted.priority
    WHERE NOT EXISTS (SELECT FROM held WHERE held.key_id = wanted.key_id AND held.priority = wanted.priority)
), moved AS (
    UPDATE key_clocks AS clock SET virtual_last = starts.virtual_start + starts.cost
    FROM starts
    WHERE starts.is_held AND clock.key_id = starts.key_id AND clock.priority = starts.priority
), charged AS (
    INSERT INTO key_charges (key_id, priority, cost)
    SELECT key_id, priority, cost FROM starts WHERE NOT is_held
)"""
"""Of the jobs in ``new``: their keys' clocks moved, or charged, and where each key's jobs start."""

QUEUE = """
INSERT INTO queue (job_id, submission_id, language, key_id, priority, virtual_start, cost, attempt, failures)
SELECT new.job_id, new.id, new.language, new.key_id, new.priority,
    starts.virtual_start + sum(new.cost) OVER (PARTITION BY new.key_id, new.priority ORDER BY new.place) - new.cost,
    new.cost, 1, 0
FROM new JOIN starts ON starts.key_id = new.key_id AND starts.priority = new.priority
"""

INSERT = text(f"""
WITH new AS MATERIALIZED (
    SELECT n.*, COALESCE(revisions.test_count, 0) + CAST(:base_cost AS integer) AS cost
    FROM unnest(
        CAST(:id AS uuid[]), CAST(:job_id AS uuid[]), CAST(:key_id AS uuid[]), CAST(:problem_id AS uuid[]),
        CAST(:revision_id AS uuid[]), CAST(:language AS text[]), CAST(:priority AS smallint[]),
        CAST(:stop_on_failure AS boolean[]), CAST(:metadata AS text[]), CAST(:created_at AS timestamptz[])
    ) WITH ORDINALITY AS n(
        id, job_id, key_id, problem_id, revision_id, language, priority, stop_on_failure, metadata, created_at, place
    )
    LEFT JOIN revisions ON revisions.id = n.revision_id
), submitted AS (
    INSERT INTO submissions (
        id, key_id, problem_id, revision_id, language, priority, stop_on_failure, metadata, created_at, latest_job_id
    )
    SELECT id, key_id, problem_id, revision_id, language, priority, stop_on_failure, CAST(metadata AS jsonb),
        created_at, job_id
    FROM new
), sent AS (
    INSERT INTO sources (submission_id, index, name, content)
    SELECT * FROM unnest(
        CAST(:source_of AS uuid[]), CAST(:source_index AS integer[]), CAST(:source_name AS text[]),
        CAST(:source_content AS bytea[])
    )
), first_jobs AS (
    INSERT INTO jobs (id, submission_id, number, status, attempt, created_at)
    SELECT job_id, id, 1, 'queued', 1, created_at FROM new
), {CLOCKS}
{QUEUE}""")  # noqa: S608  # made of constants
"""How virtual starts are found is told in ``queue_models``."""


def insertion(submissions: Sequence[Submission], job_ids: Sequence[JobId]) -> dict[str, Any]:
    """The parameters of INSERT."""
    sources = [(s.id, index, source) for s in submissions for index, source in enumerate(s.sources)]
    return {
        "id": [s.id for s in submissions],
        "job_id": list(job_ids),
        "key_id": [s.key_id for s in submissions],
        "problem_id": [s.problem_id for s in submissions],
        "revision_id": [s.revision_id for s in submissions],
        "language": [s.language for s in submissions],
        "priority": [s.priority for s in submissions],
        "stop_on_failure": [s.stop_on_failure for s in submissions],
        "metadata": [json.dumps(s.metadata, default=dict) for s in submissions],
        "created_at": [s.created_at for s in submissions],
        "source_of": [owner for owner, _, _ in sources],
        "source_index": [index for _, index, _ in sources],
        "source_name": [source.name for _, _, source in sources],
        "source_content": [source.content for _, _, source in sources],
        "base_cost": COMPILATION_COST,
    }
