"""Ratings of goals: the numbers of both sides, for the wording that they were given for."""

import sqlalchemy as sa
from alembic import op

revision = "ratings"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goal_rating",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("goal_id", sa.String(length=36), nullable=False),
        sa.Column("wording_id", sa.String(length=36), nullable=False),
        sa.Column("side", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("operation", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_goal_rating_case_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_rating_goal_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_goal_rating_person_id")),
        sa.ForeignKeyConstraint(["wording_id"], ["goal_wording.id"], name=op.f("fk_goal_rating_wording_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_rating")),
    )
    with op.batch_alter_table("goal_rating", schema=None) as batch_op:
        batch_op.create_index("goal_rating_case", ["case_id", "wording_id", "side", "at"], unique=False)
        batch_op.create_index("goal_rating_goal", ["goal_id"], unique=False)
        batch_op.create_index("goal_rating_operation", ["case_id", "operation"], unique=False)
        batch_op.create_index("goal_rating_wording", ["wording_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_goal_rating_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("goal_rating")
