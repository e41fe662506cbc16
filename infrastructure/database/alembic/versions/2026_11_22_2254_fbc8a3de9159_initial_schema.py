"""Initial schema

Revision fbc8a3de9159, after ; made 2026-11-22 22:54:00.138413+00:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "fbc8a3de9159"
down_revision = None
branch_labels = None
depends_on = None

HOT = {
    "fillfactor": 50,
    "autovacuum_vacuum_scale_factor": 0.0,
    "autovacuum_vacuum_threshold": 500,
    "autovacuum_vacuum_cost_delay": 0,
    "autovacuum_analyze_scale_factor": 0.0,
    "autovacuum_analyze_threshold": 1000,
}


def enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def verdict() -> sa.Enum:
    return enum("verdict", "AC", "WA", "PE", "PA", "TLE", "MLE", "OLE", "RTE", "CE", "JE", "SK")


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("max_priority", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_table(
        "queue_clocks",
        sa.Column("priority", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("virtual_now", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("priority", name=op.f("pk_queue_clocks")),
        postgresql_with=HOT,
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("isolation", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.JSONB(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=True),
        sa.Column("package_digest", sa.LargeBinary(), nullable=False),
        sa.Column("package_size", sa.BigInteger(), nullable=False),
        sa.Column("status", enum("status", "pending", "proving", "accepted", "rejected"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("complaints", postgresql.JSONB(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_imports_key_id_api_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(
        "ix_imports_unfinished",
        "imports",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'proving')"),
    )
    op.create_table(
        "key_clocks",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("virtual_last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_keys.id"], name=op.f("fk_key_clocks_key_id_api_keys"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key_id", "priority", name=op.f("pk_key_clocks")),
        postgresql_with=HOT,
    )
    op.create_table(
        "problems",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("current", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["api_keys.id"], name=op.f("fk_problems_owner_api_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
        sa.UniqueConstraint("slug", name=op.f("uq_problems_slug")),
    )
    op.create_index(op.f("ix_problems_owner"), "problems", ["owner"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("problem_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("limits", postgresql.JSONB(), nullable=False),
        sa.Column("checker", postgresql.JSONB(), nullable=False),
        sa.Column("scoring", enum("scoring", "passFail", "points"), nullable=False),
        sa.Column("groups", postgresql.JSONB(), nullable=False),
        sa.Column("test_count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problems.id"], name=op.f("fk_revisions_problem_id_problems")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("problem_id", "number", name=op.f("uq_revisions_problem_id_number")),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("problem_id", sa.Uuid(), nullable=True),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("stop_on_failure", sa.Boolean(), nullable=False),
        sa.Column("metadata", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latest_job_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_submissions_key_id_api_keys")),
        sa.ForeignKeyConstraint(["problem_id"], ["problems.id"], name=op.f("fk_submissions_problem_id_problems")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_submissions_revision_id_revisions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
    )
    op.create_index(op.f("ix_submissions_key_id_id"), "submissions", ["key_id", "id"], unique=False)
    op.create_index(
        op.f("ix_submissions_metadata"),
        "submissions",
        ["metadata"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"metadata": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_submissions_problem_id_id"), "submissions", ["problem_id", "id"], unique=False)
    op.create_table(
        "test_cases",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("input_size", sa.BigInteger(), nullable=False),
        sa.Column("answer_digest", sa.LargeBinary(), nullable=False),
        sa.Column("answer_size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_test_cases_revision_id_revisions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("revision_id", "index", name=op.f("pk_test_cases")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", enum("status", "queued", "compiling", "testing", "finished", "cancelled"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("isolation", sa.Text(), nullable=True),
        sa.Column("limits", postgresql.JSONB(), nullable=True),
        sa.Column("compile", postgresql.JSONB(), nullable=True),
        sa.Column("verdict", verdict(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("max_score", sa.Double(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("cpu_time", sa.Interval(), nullable=True),
        sa.Column("wall_time", sa.Interval(), nullable=True),
        sa.Column("memory", sa.BigInteger(), nullable=True),
        sa.Column("groups", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("(status = 'finished') = (verdict IS NOT NULL)", name=op.f("ck_jobs_verdict_at_end")),
        sa.CheckConstraint(
            "verdict IS NULL OR (score IS NOT NULL AND max_score IS NOT NULL AND message IS NOT NULL AND groups IS NOT NULL AND finished_at IS NOT NULL)",
            name=op.f("ck_jobs_whole_result"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_jobs_submission_id_submissions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("submission_id", "number", name=op.f("uq_jobs_submission_id_number")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_table(
        "sources",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_sources_submission_id_submissions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("submission_id", "index", name=op.f("pk_sources")),
    )
    op.create_table(
        "job_attempts",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ending IN ('finished', 'given_back', 'failed', 'lease_lost', 'judge_error', 'cancelled')",
            name=op.f("ck_job_attempts_ending"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_job_attempts_whole_end")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_attempts_job_id_jobs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "attempt", name=op.f("pk_job_attempts")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_table(
        "queue",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("virtual_start", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.CheckConstraint("(worker_id IS NULL) = (lease_until IS NULL)", name=op.f("ck_queue_whole_lease")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_queue_job_id_jobs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_queue")),
        postgresql_with=HOT,
    )
    op.create_index(
        "ix_queue_held", "queue", ["worker_id"], unique=False, postgresql_where=sa.text("worker_id IS NOT NULL")
    )
    op.create_index(
        "ix_queue_waiting",
        "queue",
        [sa.literal_column("priority DESC"), "virtual_start", "job_id", "language"],
        unique=False,
        postgresql_where=sa.text("worker_id IS NULL"),
    )
    op.create_table(
        "test_results",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("verdict", verdict(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("cpu_time", sa.Interval(), nullable=True),
        sa.Column("wall_time", sa.Interval(), nullable=True),
        sa.Column("memory", sa.BigInteger(), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("signal", sa.Integer(), nullable=True),
        sa.Column("margin", sa.Double(), nullable=True),
        sa.Column("runs", postgresql.JSONB(), nullable=False),
        sa.Column("stdout", sa.LargeBinary(), nullable=True),
        sa.Column("stderr", sa.LargeBinary(), nullable=True),
        sa.Column("comment", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_test_results_job_id_jobs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "index", name=op.f("pk_test_results")),
    )
    op.create_foreign_key("fk_problems_current_revisions", "problems", "revisions", ["current"], ["id"])
    op.create_foreign_key("fk_submissions_latest_job_id_jobs", "submissions", "jobs", ["latest_job_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint("fk_submissions_latest_job_id_jobs", "submissions", type_="foreignkey")
    op.drop_constraint("fk_problems_current_revisions", "problems", type_="foreignkey")
    op.drop_table("test_results")
    op.drop_index("ix_queue_waiting", table_name="queue", postgresql_where=sa.text("worker_id IS NULL"))
    op.drop_index("ix_queue_held", table_name="queue", postgresql_where=sa.text("worker_id IS NOT NULL"))
    op.drop_table("queue")
    op.drop_table("job_attempts")
    op.drop_table("sources")
    op.drop_table("jobs")
    op.drop_table("test_cases")
    op.drop_index(op.f("ix_submissions_problem_id_id"), table_name="submissions")
    op.drop_index(
        op.f("ix_submissions_metadata"),
        table_name="submissions",
        postgresql_using="gin",
        postgresql_ops={"metadata": "jsonb_path_ops"},
    )
    op.drop_index(op.f("ix_submissions_key_id_id"), table_name="submissions")
    op.drop_table("submissions")
    op.drop_table("revisions")
    op.drop_index(op.f("ix_problems_owner"), table_name="problems")
    op.drop_table("problems")
    op.drop_table("key_clocks")
    op.drop_index(
        "ix_imports_unfinished", table_name="imports", postgresql_where=sa.text("status IN ('pending', 'proving')")
    )
    op.drop_table("imports")
    op.drop_table("workers")
    op.drop_table("queue_clocks")
    op.drop_table("api_keys")
