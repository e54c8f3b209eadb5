"""Sessions, who goes along in one, what is brought to one, and since when a share is held for one."""

import sqlalchemy as sa
from alembic import op

revision = "sessions"
down_revision = "goal_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "therapy_session",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=36), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("one_screen", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("closing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=36), nullable=True),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("place_row_id", sa.String(length=36), nullable=False),
        sa.Column("place_number", sa.Integer(), nullable=False),
        sa.Column("led_by", sa.String(length=36), nullable=False),
        sa.Column("agreed", sa.LargeBinary(), nullable=True),
        sa.Column("agreed_version", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_by", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_therapy_session_case_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_therapy_session_ended_by")),
        sa.ForeignKeyConstraint(["kept_by"], ["person.id"], name=op.f("fk_therapy_session_kept_by")),
        sa.ForeignKeyConstraint(["led_by"], ["person.id"], name=op.f("fk_therapy_session_led_by")),
        sa.ForeignKeyConstraint(["started_by"], ["person.id"], name=op.f("fk_therapy_session_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_therapy_session")),
    )
    with op.batch_alter_table("therapy_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_therapy_session_ended_by"), ["ended_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_therapy_session_kept_by"), ["kept_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_therapy_session_led_by"), ["led_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_therapy_session_started_by"), ["started_by"], unique=False)
        batch_op.create_index("therapy_session_case", ["case_id", "started_at"], unique=False)
        batch_op.create_index("therapy_session_one_open", ["case_id"], unique=True, sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"))

    op.create_table(
        "brought",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("row_id", sa.String(length=36), nullable=False),
        sa.Column("item", sa.String(length=12), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_brought_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_brought_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["therapy_session.id"], name=op.f("fk_brought_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brought")),
    )
    with op.batch_alter_table("brought", schema=None) as batch_op:
        batch_op.create_index("brought_case", ["case_id", "session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_brought_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_brought_session_id"), ["session_id"], unique=False)

    op.create_table(
        "session_seat",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("goes_along", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_seat_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["therapy_session.id"], name=op.f("fk_session_seat_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_seat")),
        sa.UniqueConstraint("session_id", "person_id", name="session_seat_once"),
    )
    with op.batch_alter_table("session_seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_seat_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE share SET held_at = touched_at WHERE status = 'held'")


def downgrade() -> None:
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.drop_column("held_at")

    with op.batch_alter_table("session_seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_seat_person_id"))

    op.drop_table("session_seat")
    with op.batch_alter_table("brought", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_brought_session_id"))
        batch_op.drop_index(batch_op.f("ix_brought_person_id"))
        batch_op.drop_index("brought_case")

    op.drop_table("brought")
    with op.batch_alter_table("therapy_session", schema=None) as batch_op:
        batch_op.drop_index("therapy_session_one_open", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"))
        batch_op.drop_index("therapy_session_case")
        batch_op.drop_index(batch_op.f("ix_therapy_session_started_by"))
        batch_op.drop_index(batch_op.f("ix_therapy_session_led_by"))
        batch_op.drop_index(batch_op.f("ix_therapy_session_kept_by"))
        batch_op.drop_index(batch_op.f("ix_therapy_session_ended_by"))

    op.drop_table("therapy_session")
