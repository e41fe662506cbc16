"""Counting what keys have used. A day is one of UTC, by the database's clock."""

from sqlalchemy import text

TODAY = "CAST(clock_timestamp() AT TIME ZONE 'UTC' AS date)"

USE = text(f"""
WITH taken AS (
    INSERT INTO key_usage AS usage (key_id, day, submissions)
    VALUES (:key_id, {TODAY}, :count)
    ON CONFLICT (key_id, day) DO UPDATE SET submissions = usage.submissions + excluded.submissions
        WHERE usage.submissions + excluded.submissions <= :quota
    RETURNING submissions
)
SELECT (SELECT submissions FROM taken) AS now_used,
    COALESCE((SELECT submissions FROM key_usage WHERE key_id = :key_id AND day = {TODAY}), 0) AS used,
    {TODAY} + interval '1 day' - (clock_timestamp() AT TIME ZONE 'UTC') AS resets_in
""")  # noqa: S608  # nothing but the constant above is put in
"""``now_used`` NULL: it did not fit. That a single count is within the quota is checked before."""

USED_TODAY = text(f"""
SELECT COALESCE((SELECT submissions FROM key_usage WHERE key_id = :key_id AND day = {TODAY}), 0)
""")  # noqa: S608

BEGIN_OF_TODAY = text(f"SELECT CAST({TODAY} AS timestamp) AT TIME ZONE 'UTC'")

COUNT_TODAY = text(f"""
INSERT INTO key_usage AS usage (key_id, day, submissions)
SELECT :key_id, {TODAY}, count(*) FROM submissions WHERE submissions.key_id = :key_id AND submissions.id >= :first
ON CONFLICT (key_id, day) DO UPDATE SET submissions = GREATEST(usage.submissions, excluded.submissions)
""")  # noqa: S608

RECORD_USE = text("""
UPDATE api_keys SET last_used_at = used.at
FROM (
    SELECT stored.id, told.at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:at AS timestamptz[])) AS told(id, at)
    JOIN api_keys AS stored ON stored.id = told.id
    WHERE stored.last_used_at IS NULL OR stored.last_used_at < told.at
    ORDER BY stored.id FOR NO KEY UPDATE OF stored SKIP LOCKED
) AS used
WHERE api_keys.id = used.id
""")

FORGET = text(f"DELETE FROM key_usage WHERE day < {TODAY} - CAST(:older_than AS interval)")  # noqa: S608
