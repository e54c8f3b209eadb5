"""Decisions: what is weighed, options, what speaks for and against them, and every change."""

import sqlalchemy as sa
from alembic import op

revision = "decisions"
down_revision = "writing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("goal_id", sa.String(length=36), nullable=True),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("matters", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("matters_by_id", sa.String(length=36), nullable=False),
        sa.Column("outcome_by_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_id", sa.String(length=36), nullable=False),
        sa.Column("asked_by_id", sa.String(length=36), nullable=False),
        sa.Column("look_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status_version", sa.Integer(), nullable=False),
        sa.Column("question_version", sa.Integer(), nullable=False),
        sa.Column("matters_version", sa.Integer(), nullable=False),
        sa.Column("outcome_version", sa.Integer(), nullable=False),
        sa.Column("look_version", sa.Integer(), nullable=False),
        sa.Column("last_change_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_decision_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_case_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_decision_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index("decision_case", ["case_id", "archived_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_goal_id"), ["goal_id"], unique=False)

    op.create_table(
        "decision_option",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("decision_id", sa.String(length=36), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_change_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_decision_option_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_option_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_option_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_option")),
    )
    with op.batch_alter_table("decision_option", schema=None) as batch_op:
        batch_op.create_index("decision_option_case", ["case_id"], unique=False)
        batch_op.create_index("decision_option_decision", ["decision_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_option_author_id"), ["author_id"], unique=False)

    op.create_table(
        "decision_point",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("option_id", sa.String(length=36), nullable=False),
        sa.Column("side", sa.String(length=7), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_change_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_decision_point_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_point_case_id")),
        sa.ForeignKeyConstraint(["option_id"], ["decision_option.id"], name=op.f("fk_decision_point_option_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_point")),
    )
    with op.batch_alter_table("decision_point", schema=None) as batch_op:
        batch_op.create_index("decision_point_case", ["case_id"], unique=False)
        batch_op.create_index("decision_point_option", ["option_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_point_author_id"), ["author_id"], unique=False)

    op.create_table(
        "decision_change",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("decision_id", sa.String(length=36), nullable=False),
        sa.Column("part_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_change_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_change_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_change")),
    )
    with op.batch_alter_table("decision_change", schema=None) as batch_op:
        batch_op.create_index("decision_change_decision", ["decision_id", "at"], unique=False)
        batch_op.create_index("decision_change_operation", ["case_id", "operation"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("decision_change", schema=None) as batch_op:
        batch_op.drop_index("decision_change_operation")
        batch_op.drop_index("decision_change_decision")

    op.drop_table("decision_change")
    with op.batch_alter_table("decision_point", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_point_author_id"))
        batch_op.drop_index("decision_point_option")
        batch_op.drop_index("decision_point_case")

    op.drop_table("decision_point")
    with op.batch_alter_table("decision_option", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_option_author_id"))
        batch_op.drop_index("decision_option_decision")
        batch_op.drop_index("decision_option_case")

    op.drop_table("decision_option")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_goal_id"))
        batch_op.drop_index(batch_op.f("ix_decision_author_id"))
        batch_op.drop_index("decision_case")

    op.drop_table("decision")
