"""What the therapist promised, and every change of it."""

import sqlalchemy as sa
from alembic import op

revision = "promises"
down_revision = "ratings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "promise",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status_version", sa.Integer(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("last_change_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_promise_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_promise_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index("promise_case", ["case_id", "archived_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_promise_author_id"), ["author_id"], unique=False)

    op.create_table(
        "promise_change",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("promise_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_promise_change_case_id")),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_promise_change_promise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_change")),
    )
    with op.batch_alter_table("promise_change", schema=None) as batch_op:
        batch_op.create_index("promise_change_operation", ["case_id", "operation"], unique=False)
        batch_op.create_index("promise_change_promise", ["promise_id", "at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("promise_change", schema=None) as batch_op:
        batch_op.drop_index("promise_change_promise")
        batch_op.drop_index("promise_change_operation")

    op.drop_table("promise_change")
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promise_author_id"))
        batch_op.drop_index("promise_case")

    op.drop_table("promise")
