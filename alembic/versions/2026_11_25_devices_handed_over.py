"""Devices that are handed over for one task: the PIN, the session that rests, and the hand-over itself."""

import sqlalchemy as sa
from alembic import op

revision = "hand_over"
down_revision = "promises"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("pin_hash", sa.LargeBinary(), nullable=True))
    op.add_column("person_session", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "hand_over",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("lender_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("task", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=36), nullable=False),
        sa.Column("came_from", sa.String(length=200), nullable=False),
        sa.Column("progress", sa.LargeBinary(), nullable=True),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_hand_over_case_id")),
        sa.ForeignKeyConstraint(["lender_id"], ["person_session.id"], name=op.f("fk_hand_over_lender_id")),
        sa.ForeignKeyConstraint(["id"], ["person_session.id"], name=op.f("fk_hand_over_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.UniqueConstraint("lender_id", name=op.f("uq_hand_over_lender_id")),
    )
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_over_case_id"), ["case_id"], unique=False)


def downgrade() -> None:
    # Without the table nothing tells a handed-over session from its person's own, nor one that rests from one that lives.
    handed = "id IN (SELECT id FROM hand_over) OR suspended_at IS NOT NULL"
    op.execute(f"UPDATE person_session SET ended_at = last_seen_at WHERE ended_at IS NULL AND ({handed})")  # noqa: S608  no value in it
    op.drop_table("hand_over")
    # Not by copying the table, as a batch does on SQLite: others refer to it.
    op.drop_column("person_session", "suspended_at")
    op.drop_column("person", "pin_hash")
