"""Life areas: what the two of a case added, renamed or put away."""

import sqlalchemy as sa
from alembic import op

revision = "areas"
down_revision = "decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "life_area",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("away_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("operation", sa.String(length=36), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_life_area_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_life_area_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_area")),
        sa.UniqueConstraint("case_id", "number", name="life_area_order"),
    )
    with op.batch_alter_table("life_area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_life_area_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("life_area")
