"""Goals have a day until which they are meant to be reached."""

import sqlalchemy as sa
from alembic import op

revision = "goal_days"
down_revision = "hand_over"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("due_version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.alter_column("due_version", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.drop_column("due_version")
        batch_op.drop_column("due_on")
