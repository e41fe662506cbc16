"""The statements of the ledger: each does in one round trip, and in one transaction, all that belongs together.

Order of locks: the queue's row first, then everything else; so no two of them can wait for each other. A job's row in
``queue`` is the fence: a write of an attempt takes it, and finds nothing once the job has gone to another attempt.
"""

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

HELD = """
    SELECT job_id, attempt FROM queue
    WHERE job_id = :job_id AND attempt = :attempt AND worker_id IS NOT NULL
    FOR UPDATE
"""

STORE_RESULTS = """
    INSERT INTO test_results (
        job_id, index, name, "group", sample, verdict, message, share, points, cpu_time, wall_time, memory, exit_code,
        signal, margin, runs, stdout, stderr, comment
    )
    SELECT fence.job_id, r.index, r.name, r."group", r.sample, r.verdict, r.message, r.share, r.points, r.cpu_time,
        r.wall_time, r.memory, r.exit_code, r.signal, r.margin, CAST(r.runs AS jsonb), r.stdout, r.stderr, r.comment
    FROM fence CROSS JOIN unnest(
        CAST(:index AS integer[]), CAST(:name AS text[]), CAST(:group AS text[]), CAST(:sample AS boolean[]),
        CAST(:verdict AS text[]), CAST(:message AS text[]), CAST(:share AS double precision[]),
        CAST(:points AS double precision[]), CAST(:cpu_time AS interval[]), CAST(:wall_time AS interval[]),
        CAST(:memory AS bigint[]), CAST(:exit_code AS integer[]), CAST(:signal AS integer[]),
        CAST(:margin AS double precision[]), CAST(:runs AS text[]), CAST(:stdout AS bytea[]),
        CAST(:stderr AS bytea[]), CAST(:comment AS bytea[])
    ) AS r(
        index, name, "group", sample, verdict, message, share, points, cpu_time, wall_time, memory, exit_code, signal,
        margin, runs, stdout, stderr, comment
    )
"""

CLAIM = text("""
WITH next AS MATERIALIZED (
    SELECT job_id FROM queue
    WHERE worker_id IS NULL AND language = ANY(CAST(:languages AS text[]))
        AND NOT EXISTS (SELECT FROM workers WHERE id = :worker_id AND state = 'draining')
    ORDER BY priority DESC, virtual_start, job_id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE queue
    SET worker_id = :worker_id, lease_until = clock_timestamp() + CAST(:lease AS interval)
    FROM next
    WHERE queue.job_id = next.job_id
    RETURNING queue.job_id, queue.submission_id, queue.attempt, queue.priority, queue.virtual_start
), started AS (
    UPDATE jobs
    SET status = 'compiling', worker = :worker, started_at = clock_timestamp()
    FROM claimed
    WHERE jobs.id = claimed.job_id
    RETURNING jobs.id, jobs.attempt, jobs.started_at, jobs.started_at - jobs.created_at AS waited
), noted AS (
    INSERT INTO job_attempts (job_id, attempt, worker, started_at)
    SELECT id, attempt, :worker, started_at FROM started
), ticking AS (
    SELECT clock.priority, claimed.virtual_start
    FROM queue_clocks AS clock JOIN claimed ON claimed.priority = clock.priority
    WHERE clock.virtual_now < claimed.virtual_start
    FOR UPDATE OF clock SKIP LOCKED  -- another claim is moving it: claims must not wait for each other
), ticked AS (
    UPDATE queue_clocks SET virtual_now = ticking.virtual_start
    FROM ticking WHERE queue_clocks.priority = ticking.priority
)
SELECT claimed.job_id, claimed.attempt, started.waited,
    submitted.id, submitted.key_id, submitted.problem_id, submitted.revision_id, submitted.language, submitted.priority,
    submitted.stop_on_failure, submitted.metadata, submitted.created_at, sent.names, sent.contents
FROM claimed
JOIN started ON started.id = claimed.job_id
JOIN submissions AS submitted ON submitted.id = claimed.submission_id
CROSS JOIN LATERAL (
    SELECT array_agg(name ORDER BY index) AS names, array_agg(content ORDER BY index) AS contents
    FROM sources WHERE sources.submission_id = claimed.submission_id
) AS sent
""").columns(metadata=JSONB)
"""The submission is in it: to ask for it afterwards would keep the worker waiting."""

COMPILED = text(f"""
WITH fence AS MATERIALIZED ({HELD}), testing AS (
    UPDATE jobs
    SET status = 'testing', compile = CAST(:compile AS jsonb), limits = CAST(:limits AS jsonb), isolation = :isolation
    FROM fence
    WHERE jobs.id = fence.job_id
)
SELECT count(*) FROM fence
""")  # noqa: S608  # made of constants

RECORD = text(f"""
WITH fence AS MATERIALIZED ({HELD}), stored AS ({STORE_RESULTS})
SELECT count(*) FROM fence
""")  # noqa: S608

FINISH = text(f"""
WITH fence AS (
    DELETE FROM queue WHERE job_id = :job_id AND attempt = :attempt AND worker_id IS NOT NULL
    RETURNING job_id, attempt
), stored AS ({STORE_RESULTS}), finished AS (
    UPDATE jobs
    SET status = 'finished', finished_at = clock_timestamp(), compile = CAST(:compile AS jsonb),
        limits = CAST(:limits AS jsonb), isolation = :isolation, verdict = :job_verdict, score = :score,
        max_score = :max_score, message = :job_message, cpu_time = :job_cpu_time, wall_time = :job_wall_time,
        memory = :job_memory, groups = CAST(:groups AS jsonb)
    FROM fence
    WHERE jobs.id = fence.job_id
    RETURNING jobs.id, jobs.finished_at
), noted AS (
    UPDATE job_attempts SET ended_at = finished.finished_at, ending = 'finished'
    FROM finished
    WHERE job_attempts.job_id = finished.id AND job_attempts.attempt = :attempt
)
SELECT count(*) FROM fence
""")  # noqa: S608

EXTEND = text("""
UPDATE queue SET lease_until = clock_timestamp() + CAST(:lease AS interval)
FROM unnest(CAST(:job_ids AS uuid[]), CAST(:attempts AS integer[])) AS held(job_id, attempt)
WHERE queue.job_id = held.job_id AND queue.attempt = held.attempt AND queue.worker_id IS NOT NULL
RETURNING queue.job_id
""")

ABANDON = text("""
WITH dead AS (
    DELETE FROM workers WHERE id = ANY(CAST(:worker_ids AS uuid[]))
)
UPDATE queue SET lease_until = clock_timestamp()
WHERE worker_id = ANY(CAST(:worker_ids AS uuid[])) AND lease_until > clock_timestamp()
""")

LOOK = text("""
SELECT
    EXISTS (SELECT FROM queue WHERE worker_id IS NOT NULL AND lease_until < clock_timestamp()) AS expired,
    (SELECT count(*) FROM (SELECT FROM queue WHERE worker_id IS NULL LIMIT :most) AS few) AS waiting
""")

LOCK_HELD = text(HELD)

LOCK_UNFINISHED = text("""
SELECT queue.job_id FROM queue JOIN jobs ON jobs.id = queue.job_id
WHERE jobs.submission_id = :submission_id
ORDER BY queue.job_id
FOR UPDATE OF queue
""")

CANCEL = text("""
WITH ended AS (
    DELETE FROM queue WHERE job_id = ANY(CAST(:job_ids AS uuid[]))
    RETURNING job_id, attempt, key_id, priority, cost, worker_id, clock_timestamp() AS at
), cancelled AS (
    UPDATE jobs SET status = 'cancelled', finished_at = ended.at FROM ended WHERE jobs.id = ended.job_id
), noted AS (
    UPDATE job_attempts SET ended_at = ended.at, ending = 'cancelled'
    FROM ended
    WHERE job_attempts.job_id = ended.job_id AND job_attempts.attempt = ended.attempt
        AND job_attempts.ended_at IS NULL
), refunded AS (
    INSERT INTO key_charges (key_id, priority, cost)
    SELECT key_id, priority, -cost FROM ended WHERE worker_id IS NULL
)
SELECT job_id FROM ended
""")
"""Of jobs whose rows were locked by LOCK_UNFINISHED: only then does it see the attempt of a claim that was being made
at that moment. What was never begun costs the key nothing: the charge is taken back.
"""

LOCK_EXPIRED = text("""
SELECT job_id FROM queue
WHERE worker_id IS NOT NULL AND lease_until < clock_timestamp()
ORDER BY job_id
LIMIT :most
FOR UPDATE SKIP LOCKED
""")

RELEASE = text("""
WITH ended AS MATERIALIZED (
    SELECT job_id, attempt, failures + CAST(:counted AS integer) AS failures,
        failures + CAST(:counted AS integer) >= CAST(:max_failures AS integer) AS hopeless, clock_timestamp() AS at
    FROM queue
    WHERE job_id = ANY(CAST(:job_ids AS uuid[]))
), queued AS (
    UPDATE queue
    SET worker_id = NULL, lease_until = NULL, attempt = ended.attempt + 1, failures = ended.failures
    FROM ended
    WHERE queue.job_id = ended.job_id AND NOT ended.hopeless
), removed AS (
    DELETE FROM queue USING ended WHERE queue.job_id = ended.job_id AND ended.hopeless
), dropped AS (
    DELETE FROM test_results USING ended WHERE test_results.job_id = ended.job_id
), reset AS (
    UPDATE jobs
    SET status = 'queued', attempt = ended.attempt + 1, started_at = NULL, worker = NULL, isolation = NULL,
        limits = NULL, compile = NULL
    FROM ended
    WHERE jobs.id = ended.job_id AND NOT ended.hopeless
), given_up AS (
    UPDATE jobs
    SET status = 'finished', finished_at = ended.at, verdict = 'JE', score = 0, max_score = 0, groups = '[]',
        message = 'judge error: ' || CAST(:reason AS text)
    FROM ended
    WHERE jobs.id = ended.job_id AND ended.hopeless
), noted AS (
    UPDATE job_attempts
    SET ended_at = ended.at, ending = CASE WHEN ended.hopeless THEN 'judge_error' ELSE CAST(:ending AS text) END,
        reason = CAST(:reason AS text)
    FROM ended
    WHERE job_attempts.job_id = ended.job_id AND job_attempts.attempt = ended.attempt
)
SELECT count(*) FILTER (WHERE NOT hopeless) AS given_back, count(*) FILTER (WHERE hopeless) AS failed FROM ended
""")
"""Of jobs whose rows were locked by a statement before it: only then does it see all that their attempts have stored,
a batch that was being written at that moment included.
"""
