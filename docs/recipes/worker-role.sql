-- A role for workers: it claims jobs, writes results and imports packages, but can neither read API keys, their usage,
-- kept replies and the audit log, nor make submissions. Run it as the owner of the tables (after `./proba migrate`, and
-- again after an upgrade that brings a migration), give the role a password, and set the workers' PROBA_DATABASE_URL to
-- it:
--
--   psql "$ADMIN_URL" -f docs/recipes/worker-role.sql
--   psql "$ADMIN_URL" -c '\password proba_worker'

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'proba_worker') THEN
        CREATE ROLE proba_worker LOGIN;
    END IF;
END
$$;

-- what is judged
GRANT SELECT ON submissions, sources TO proba_worker;
-- the queue, and what judging writes
GRANT SELECT, UPDATE, DELETE ON queue TO proba_worker;
GRANT SELECT, UPDATE ON queue_clocks, jobs TO proba_worker;
GRANT SELECT, INSERT, UPDATE ON job_attempts TO proba_worker;
GRANT SELECT, INSERT, DELETE ON test_results TO proba_worker;
-- itself
GRANT SELECT, INSERT, UPDATE, DELETE ON workers TO proba_worker;
-- packages that it imports
GRANT SELECT, UPDATE ON imports TO proba_worker;
GRANT SELECT, INSERT, UPDATE ON problems TO proba_worker;
GRANT SELECT, INSERT ON revisions, test_cases TO proba_worker;
-- whether the schema is that of its code
GRANT SELECT ON alembic_version TO proba_worker;
