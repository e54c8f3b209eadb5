"""Ladders of goals: five levels in the words of both, where each stands, and every change."""

import sqlalchemy as sa
from alembic import op

revision = "ladders"
down_revision = "sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ladder",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("goal_id", sa.String(length=36), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in ("start", "weight", "client_says", "therapist_says", "level")),
        sa.Column("level_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_ladder_case_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_ladder_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder")),
        sa.UniqueConstraint("goal_id", name="ladder_of_goal"),
    )
    with op.batch_alter_table("ladder", schema=None) as batch_op:
        batch_op.create_index("ladder_case", ["case_id"], unique=False)
    op.create_table(
        "ladder_level",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("ladder_id", sa.String(length=36), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_ladder_level_case_id")),
        sa.ForeignKeyConstraint(["ladder_id"], ["ladder.id"], name=op.f("fk_ladder_level_ladder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_level")),
        sa.UniqueConstraint("ladder_id", "level", name="ladder_level_once"),
    )
    with op.batch_alter_table("ladder_level", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ladder_level_case_id"), ["case_id"], unique=False)
    op.create_table(
        "ladder_change",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("ladder_id", sa.String(length=36), nullable=False),
        sa.Column("level_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.Column("operation", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_ladder_change_case_id")),
        sa.ForeignKeyConstraint(["ladder_id"], ["ladder.id"], name=op.f("fk_ladder_change_ladder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_change")),
    )
    with op.batch_alter_table("ladder_change", schema=None) as batch_op:
        batch_op.create_index("ladder_change_ladder", ["ladder_id", "at"], unique=False)
        batch_op.create_index("ladder_change_operation", ["case_id", "operation"], unique=False)


def downgrade() -> None:
    op.drop_table("ladder_change")
    op.drop_table("ladder_level")
    op.drop_table("ladder")
