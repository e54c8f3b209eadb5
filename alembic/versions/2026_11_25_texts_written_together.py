"""Texts that are written together: their documents, notes on goals, and the yes of each side to a new wording."""

import sqlalchemy as sa
from alembic import op

revision = "writing"
down_revision = "ladders"
branch_labels = None
depends_on = None

_YES = ("client", "therapist")
_PEOPLE = ("notes_other_id", *(f"yes_{side}_id" for side in _YES))


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("laid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_document_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("case_id", "kind", "about_id", name="document_of"),
    )
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notes", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("notes_version", sa.Integer(), nullable=False, server_default="1"))
        for name in _PEOPLE:
            batch_op.add_column(sa.Column(name, sa.String(length=36), nullable=False, server_default=""))
    with op.batch_alter_table("goal", schema=None) as batch_op:
        for name in ("notes_version", *_PEOPLE):
            batch_op.alter_column(name, server_default=None)
    # Until now whoever wrote a new wording had said yes to it by that.
    for side in _YES:
        op.execute(f"UPDATE goal SET yes_{side}_id = asked_by_id WHERE new_wording_id IS NOT NULL AND asked_role = '{side}'")  # noqa: S608


def downgrade() -> None:
    with op.batch_alter_table("goal", schema=None) as batch_op:
        for name in reversed(_PEOPLE):
            batch_op.drop_column(name)
        batch_op.drop_column("notes_version")
        batch_op.drop_column("notes")
    op.drop_table("document")
