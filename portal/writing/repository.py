"""Queries for documents, made from an open case; and those of the portal's own upkeep, which change how a text is kept, never what it says."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from portal.access import keys
from portal.access.gate import OpenCase, OpenUpkeep
from portal.access.models import Case
from portal.kit.ids import new_id
from portal.kit.refusal import NotFound
from portal.writing.domain import Behind
from portal.writing.models import Document
from portal.writing.schemas import KeepForm, Laid, LayForm

_STATE, _TEXT = "document.state", "document.text"


class Documents:
    """The documents of one open case."""

    def __init__(self, case: OpenCase) -> None:
        self._case, self._db = case, case.db

    def find(self, kind: str, about_id: str) -> Laid | None:
        """One document, unsealed; none before its text was opened for the first time. One statement."""
        row = self._db.exec(
            select(Document).where(Document.case_id == self._case.id, Document.kind == kind, Document.about_id == about_id)
        ).first()
        if row is None:
            return None
        state = self._case.unseal_bytes(row.id, _STATE, row.state)
        return Laid(row.id, state, self._case.unseal(row.id, _TEXT, row.text), row.laid, row.version)

    def store(self, form: KeepForm, kind: str, about_id: str, text: str) -> int:
        """Put the document in the place of the one that it goes on from; the new version. Raises Behind. One statement."""
        changed = self._db.connection().execute(
            sa.update(Document)
            .where(
                col(Document.id) == form.document_id,
                col(Document.case_id) == self._case.id,
                col(Document.kind) == kind,
                col(Document.about_id) == about_id,
                col(Document.laid) == form.laid,
                col(Document.version) == form.version,
            )
            .values(
                state=self._case.seal_bytes(form.document_id, _STATE, form.state),
                text=self._case.seal(form.document_id, _TEXT, text),
                version=form.version + 1,
                changed_at=self._case.now,
            )
        )
        if not changed.rowcount:
            raise Behind
        return form.version + 1


def laid_down(upkeep: OpenUpkeep, case_id: str, kind: str, about_id: str) -> Laid:
    """The stored document. Raises NotFound."""
    found = upkeep.db.exec(
        select(Case, Document)
        .join(Document, col(Document.case_id) == Case.id)
        .where(Document.case_id == case_id, Document.kind == kind, Document.about_id == about_id)
    ).first()
    if found is None:
        raise NotFound
    case, row = found
    key = keys.case_key(case)
    state, text = key.unseal_bytes(row.state, f"{_STATE}:{row.id}"), key.unseal(row.text, f"{_TEXT}:{row.id}")
    return Laid(row.id, state, text, row.laid, row.version)


def lay_down(upkeep: OpenUpkeep, case_id: str, kind: str, about_id: str, form: LayForm) -> Laid:
    """Store a document for words that are stored already. Raises Behind if another one came first."""
    case = upkeep.db.get(Case, case_id)
    if case is None:
        raise NotFound
    key, id_ = keys.case_key(case), form.document_id or new_id()
    row = {
        "state": key.seal_bytes(form.state, f"{_STATE}:{id_}"),
        "text": key.seal(form.text, f"{_TEXT}:{id_}"),
        "laid": form.laid,
        "version": form.version + 1,
        "changed_at": upkeep.now,
    }
    place = {"id": id_, "case_id": case_id, "kind": kind, "about_id": about_id}
    connection = upkeep.db.connection()
    if not form.version:
        try:
            connection.execute(sa.insert(Document).values(**place, **row))
        except IntegrityError:
            # Another process opened the same text for the first time.
            raise Behind from None
    else:
        here = [col(getattr(Document, name)) == value for name, value in place.items()]
        changed = connection.execute(sa.update(Document).where(*here, col(Document.version) == form.version).values(**row))
        if not changed.rowcount:
            raise Behind
    return Laid(id_, form.state, form.text, form.laid, form.version + 1)
