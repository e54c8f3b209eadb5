"""Who wrote last in what was agreed in a session, and until when."""

import sqlalchemy as sa
from alembic import op

revision = "session_writers"
down_revision = "comments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("therapy_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agreed_by", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("agreed_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_therapy_session_agreed_by"), "person", ["agreed_by"], ["id"])
        batch_op.create_index(batch_op.f("ix_therapy_session_agreed_by"), ["agreed_by"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("therapy_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_therapy_session_agreed_by"))
        batch_op.drop_constraint(batch_op.f("fk_therapy_session_agreed_by"), type_="foreignkey")
        batch_op.drop_column("agreed_until")
        batch_op.drop_column("agreed_by")
