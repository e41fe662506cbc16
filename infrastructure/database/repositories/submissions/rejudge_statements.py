"""Rejudges in SQL. The submissions' rows are locked before, so that nobody else gives them jobs meanwhile."""

from sqlalchemy import text

from infrastructure.database.repositories.submissions.insertion import CLOCKS, QUEUE

START = text(f"""
WITH new AS MATERIALIZED (
    SELECT submissions.id, n.job_id, CAST(:key_id AS uuid) AS key_id, submissions.language,
        CAST(:priority AS smallint) AS priority, newest.number + 1 AS number, n.place,
        submissions.revision_id AS old_revision_id, revisions.id AS revision_id,
        COALESCE(revisions.test_count, 0) + CAST(:base_cost AS integer) AS cost
    FROM unnest(CAST(:submission_id AS uuid[]), CAST(:job_id AS uuid[])) WITH ORDINALITY AS n(id, job_id, place)
    JOIN submissions ON submissions.id = n.id
    JOIN jobs AS newest ON newest.id = submissions.latest_job_id AND newest.status IN ('finished', 'cancelled')
    LEFT JOIN problems ON problems.id = submissions.problem_id AND CAST(:revision AS text) = 'newest'
    JOIN revisions ON revisions.id = COALESCE(problems.current, submissions.revision_id)
), noted AS (
    INSERT INTO rejudges (id, key_id, filter, revision, priority, created_at, total, skipped)
    SELECT :id, :key_id, CAST(:filter AS jsonb), :revision, :priority, :created_at,
        count(new.id), cardinality(CAST(:submission_id AS uuid[])) - count(new.id)
    FROM new
    RETURNING total, skipped
), pinned AS (
    UPDATE jobs SET revision_id = new.old_revision_id
    FROM new
    WHERE jobs.submission_id = new.id AND jobs.revision_id IS NULL AND new.revision_id <> new.old_revision_id
), made AS (
    INSERT INTO jobs (id, submission_id, number, status, attempt, created_at, revision_id, rejudge_id)
    SELECT job_id, id, number, 'queued', 1, :created_at, revision_id, :id FROM new
), moved_on AS (
    UPDATE submissions SET latest_job_id = new.job_id, revision_id = new.revision_id
    FROM new WHERE submissions.id = new.id
), {CLOCKS}, queued AS ({QUEUE})
SELECT total, skipped FROM noted
""")  # noqa: S608  # made of constants
"""A submission's revision becomes the one that it is judged by now, since that is what workers read."""

LOCK_SUBMISSIONS = text("""
SELECT submissions.id FROM submissions JOIN jobs ON jobs.id = submissions.latest_job_id
WHERE jobs.rejudge_id = :rejudge_id AND jobs.status = 'queued' AND jobs.attempt = 1
ORDER BY submissions.id
FOR NO KEY UPDATE OF submissions
""")

LOCK_WAITING = text("""
SELECT queue.job_id FROM queue JOIN jobs ON jobs.id = queue.job_id
WHERE jobs.rejudge_id = :rejudge_id AND queue.submission_id = ANY(CAST(:submission_ids AS uuid[]))
    AND queue.worker_id IS NULL AND queue.attempt = 1
ORDER BY queue.job_id
FOR UPDATE OF queue SKIP LOCKED
""")
"""A row that is locked is being claimed, or cancelled. What was given back once has a history, and stays."""

WITHDRAW = text("""
WITH ended AS (
    DELETE FROM queue WHERE job_id = ANY(CAST(:job_ids AS uuid[])) RETURNING job_id, key_id, priority, cost
), moved_back AS (
    UPDATE submissions
    SET latest_job_id = before.id, revision_id = COALESCE(before.revision_id, submissions.revision_id)
    FROM ended
    JOIN jobs AS new ON new.id = ended.job_id
    JOIN jobs AS before ON before.submission_id = new.submission_id AND before.number = new.number - 1
    WHERE submissions.id = new.submission_id
), refunded AS (
    INSERT INTO key_charges (key_id, priority, cost) SELECT key_id, priority, -cost FROM ended
)
UPDATE rejudges SET withdrawn = withdrawn + (SELECT count(*) FROM ended) WHERE id = :rejudge_id
""")
"""Of jobs whose rows were locked; the jobs themselves go after it, when no submission shows them."""

FORGET_JOBS = text("DELETE FROM jobs WHERE id = ANY(CAST(:job_ids AS uuid[]))")

JUDGED_BEFORE = """
    LEFT JOIN LATERAL (
        SELECT number, revision_id, verdict, score FROM jobs
        WHERE jobs.submission_id = new.submission_id AND jobs.number < new.number AND jobs.status = 'finished'
        ORDER BY number DESC LIMIT 1
    ) AS old ON TRUE
"""

CHANGED = "new.status = 'finished' AND (old.verdict, old.score) IS DISTINCT FROM (new.verdict, new.score)"

PROGRESS = text(f"""
SELECT rejudges.id AS rejudge_id, rejudges.withdrawn,
    count(*) FILTER (WHERE new.status = 'queued') AS waiting,
    count(*) FILTER (WHERE new.status IN ('compiling', 'testing')) AS running,
    count(*) FILTER (WHERE new.status = 'finished') AS finished,
    count(*) FILTER (WHERE new.status = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE {CHANGED}) AS changed,
    max(new.finished_at) AS finished_at
FROM rejudges LEFT JOIN jobs AS new ON new.rejudge_id = rejudges.id {JUDGED_BEFORE}
WHERE rejudges.id = ANY(CAST(:rejudge_ids AS uuid[]))
GROUP BY rejudges.id
""")  # noqa: S608
"""One statement, one moment: what is withdrawn in between would be counted as deleted."""

CHANGES = text(f"""
SELECT new.submission_id,
    old.number AS old_number, old_revision.number AS old_revision, old.verdict AS old_verdict, old.score AS old_score,
    new.number AS new_number, new_revision.number AS new_revision, new.verdict AS new_verdict, new.score AS new_score
FROM jobs AS new {JUDGED_BEFORE}
JOIN submissions ON submissions.id = new.submission_id
LEFT JOIN revisions AS new_revision
    ON new_revision.id = COALESCE(new.revision_id, submissions.revision_id) AND new_revision.problem_id IS NOT NULL
LEFT JOIN revisions AS old_revision
    ON old_revision.id = COALESCE(old.revision_id, submissions.revision_id) AND old_revision.problem_id IS NOT NULL
WHERE new.rejudge_id = :rejudge_id AND new.submission_id > :after
    AND {CHANGED}
ORDER BY new.submission_id
LIMIT :most
""")  # noqa: S608
