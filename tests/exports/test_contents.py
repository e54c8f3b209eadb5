"""What a copy says: the same as the screens of whoever asked, in every kind of file, and nothing that is not theirs to know."""

import csv
import io
import json
from datetime import date

import pytest
from pypdf import PdfReader
from pypdf.generic import BooleanObject, DictionaryObject

from portal.access.gate import Caller
from portal.comments import service as comments
from portal.decisions import service as decisions
from portal.exports import service
from portal.exports.schemas import FORMAT_NAME, FORMAT_VERSION, file_schema, paper_of, printed, read_back
from portal.goals import service as goals
from portal.goals.domain import Column
from portal.kit.i18n import say
from portal.ladders import service as ladders
from portal.promises import service as promises
from portal.promises.schemas import PromiseForm
from portal.ratings import service as ratings
from tests.architecture.modules import ROOT
from tests.cast import Cast, assemble
from tests.comments.people import add as comment
from tests.comments.people import shared
from tests.exports.files import line, made
from tests.goals.people import agreed, idea, look, proposed, seen, working
from tests.makers import end_membership, op
from tests.queries import counted

LEVELS = ("Asleep at ten", "Asleep at eleven", "Asleep at twelve", "Asleep at one", "Awake at dawn")
SECRET = "Quietsecretword"


@pytest.fixture
def cast(on_sqlite: None) -> Cast:
    """In these tests the kind of database has no part."""
    return assemble()


def a_full_goal(cast: Cast, title: str = "Öfter früher schlafen gehen") -> str:
    """A goal with everything that one can have."""
    goal = working(cast, title)
    goals.reword(cast.client, cast.case, goal, "why", "Weil ich müde bin.\nUnd größer denken möchte.", seen(cast, goal), op=op())
    goals.agree_wording(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    goals.set_area(cast.client, cast.case, goal, "rest", seen(cast, goal), op=op())
    goals.set_review(cast.client, cast.case, goal, "2026-12-12", seen(cast, goal), op=op())
    goals.set_due(cast.client, cast.case, goal, "2027-01-15", seen(cast, goal), op=op())
    goals.put_in_focus(cast.client, cast.case, goal, seen(cast, goal), op=op())
    first = goals.add_step(cast.client, cast.case, goal, "Handy weglegen", cast.ids["client"], op=op()).id
    goals.tick_step(cast.client, cast.case, first, True, op=op())
    second = goals.add_step(cast.client, cast.case, goal, "-2 Tassen Kaffee", "", op=op()).id
    goals.date_step(cast.client, cast.case, second, "2026-11-30", 1, op=op())
    wording = ratings.of_goal(cast.client, cast.case, goal).form.wording_id
    for who, value in ((cast.client, 3), (cast.therapist, 4), (cast.client, 6)):
        ratings.rate(who, cast.case, goal, wording, value, op=op())
    ladders.begin(cast.client, cast.case, goal, op=op())
    for level, text in zip(ladders.of_goal(cast.client, cast.case, goal).levels, LEVELS, strict=True):
        ladders.write(cast.client, cast.case, level.id, text, level.version, op=op())
    return goal


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def table_of(content: bytes, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


def test_every_kind_says_what_the_goals_page_says(cast: Cast) -> None:
    goal = a_full_goal(cast)
    page = goals.goal(cast.client, cast.case, goal)
    record = read_back(made(cast)).goals[0]
    assert (record.title, record.why) == (page.goal.agreed_title, page.goal.agreed_why)
    assert (record.area, record.review_on, record.in_focus) == ("Rest and free time", date(2026, 12, 12), page.goal.focus)
    assert [(step.text, step.done) for step in record.steps] == [(step.text, step.done) for step in page.steps]
    assert record.ladder is not None and [(one.level, one.text) for one in record.ladder.levels] == list(zip((2, 1, 0, -1, -2), LEVELS, strict=True))
    assert len(record.history) == len(page.history)
    assert [(one.side, one.value) for one in record.ratings] == [("client", 3), ("therapist", 4), ("client", 6)]
    row = table_of(made(cast, "csv"))[0]
    assert (row["The goal"], row["Why it matters"]) == (page.goal.agreed_title, page.goal.agreed_why)
    assert row["Small steps"].split("\n") == ["☑ Handy weglegen (done · Mika)", "☐ -2 Tassen Kaffee (by 30 November 2026)"]
    assert (row["Small steps done"], row["Life area"], row["Look again on"]) == ("1 of 2", "Rest and free time", "2026-12-12")
    assert [row[f"The {who}'s numbers"].count(":") for who in ("client", "therapist")] == [2, 1]
    course = ratings.on_board(cast.client, cast.case)[goal].summary
    said = " ".join(text_of(made(cast, "pdf")).split())
    for words in (course, page.goal.agreed_title, "Weil ich müde bin.", "größer", "Handy weglegen", "-2 Tassen Kaffee", "Rest and free time", "12 December 2026", "15 January 2027"):
        assert words in said
    shown = repr(printed(paper_of(service.sheet(cast.client, cast.case))))
    for words in (course, page.goal.agreed_title, "Handy weglegen", "done · Mika", "12 December 2026"):
        assert words in shown


def test_the_order_is_the_boards(cast: Cast) -> None:
    for title in ("one", "two", "three"):
        agreed(cast, title)
    reached = agreed(cast, "done with")
    goals.reach(cast.client, cast.case, reached, seen(cast, reached), op=op())
    idea(cast, "mine alone")
    board = goals.board(cast.client, cast.case)
    assert [goal.title for goal in read_back(made(cast)).goals] == [card.title for column in Column for card in board.columns[column].cards]


def test_everybody_gets_what_they_may_see(cast: Cast) -> None:
    idea(cast, f"{SECRET} idea", f"{SECRET} why")
    goal = agreed(cast, "Seen by both")
    for kind in ("json", "csv"):
        assert SECRET.encode() in made(cast, kind)
        theirs = made(cast, kind, by=cast.therapist)
        assert SECRET.encode() not in theirs
        assert b"Seen by both" in theirs
    assert SECRET in text_of(made(cast, "pdf"))
    assert SECRET not in text_of(made(cast, "pdf", by=cast.therapist))
    # What was written before the proposal stays the author's in the history as well.
    draft = idea(cast, f"{SECRET} about him")
    goals.reword(cast.client, cast.case, draft, "title", "Speak up at home", 1, op=op())
    goals.propose(cast.client, cast.case, draft, seen(cast, draft), op=op())
    assert SECRET.encode() not in made(cast, by=cast.therapist)
    assert goal in made(cast, by=cast.therapist).decode()


def test_a_waiting_wording_and_a_proposal_are_told_as_such(cast: Cast) -> None:
    goal = agreed(cast, "Old words")
    goals.reword(cast.client, cast.case, goal, "title", "New words", seen(cast, goal), op=op())
    proposed(cast, "Asked for")
    by_title = {one.title: one for one in read_back(made(cast)).goals}
    assert by_title["Old words"].new_title == "New words"
    assert by_title["Asked for"].new_title is None
    said = text_of(made(cast, "pdf"))
    assert "A new wording waits for the other's yes:" in said
    assert "Waits for Theo's yes" in said


def test_promises_stand_below_the_goals(cast: Cast) -> None:
    kept = promises.make(cast.therapist, cast.case, PromiseForm("Send the text about sleep", "2026-12-01"), op=op())
    promises.make(cast.therapist, cast.case, PromiseForm("Ask the doctor"), op=op())
    promises.keep(cast.client, cast.case, kept.id, kept.version, op=op())
    assert [(one.text, one.status) for one in read_back(made(cast)).promises] == [("Send the text about sleep", "kept"), ("Ask the doctor", "open")]
    assert [(row["Column"], row["State"], row["The goal"]) for row in table_of(made(cast, "csv"))] == [
        ("Promises", "Kept", "Send the text about sleep"), ("Promises", "Open", "Ask the doctor"),
    ]  # fmt: skip
    said = text_of(made(cast, "pdf"))
    assert "Promises (2)" in said and "Ask the doctor Theo" in " ".join(said.split())


def test_decisions_stand_with_what_speaks_for_and_against(cast: Cast) -> None:
    goal = agreed(cast, "A new job")
    tied = decisions.begin(cast.client, cast.case, "Which offer?", goal, known=(goal,), op=op()).id
    option = decisions.add_option(cast.client, cast.case, tied, "The small firm", op=op()).id
    decisions.add_point(cast.client, cast.case, option, "for", "near my sister", op=op())
    decisions.add_point(cast.therapist, cast.case, option, "against", "less money", op=op())
    decisions.begin(cast.client, cast.case, "Move house?", op=op())
    file = read_back(made(cast))
    assert [(one.question, one.goal_id) for one in file.decisions] == [("Which offer?", goal), ("Move house?", None)]
    chosen = file.decisions[0].options[0]
    assert [(one.text, one.by) for one in (*chosen.speaks_for, *chosen.speaks_against)] == [("near my sister", "Mika"), ("less money", "Theo")]
    assert [row["The goal"] for row in table_of(made(cast, "csv"))] == ["A new job", "Which offer?", "Move house?"]
    said = text_of(made(cast, "pdf"))
    for words in ("Decisions (2)", "Which offer?", "The small firm", "near my sister", "less money", "Being weighed"):
        assert words in said
    alone = text_of(made(cast, "pdf", goal))
    assert "Which offer?" in alone and "Move house?" not in alone


def test_comments_go_with_their_goal_and_nothing_that_is_not_to_be_read(cast: Cast) -> None:
    goal, share = agreed(cast, "Sleep"), shared(cast)
    comment(cast, goal, "@Theo, =1+1 nights were better", by=cast.client, op=op())
    mine = comment(cast, goal, f"{SECRET} first", by=cast.therapist, op=op())
    comments.withdraw(cast.therapist, cast.case, mine, op=op())
    comment(cast, goal, "That counts", by=cast.therapist, op=op())
    comment(cast, share, f"{SECRET} share", by=cast.therapist, kind="share", op=op())
    for by in (cast.client, cast.therapist):
        content = made(cast, by=by)
        assert [(one.by, one.role, one.text) for one in read_back(content).goals[0].comments] == [
            ("Mika", "client", "@Theo, =1+1 nights were better"), ("Theo", "therapist", "That counts"),
        ]  # fmt: skip
        assert SECRET.encode() not in content
    (row,) = table_of(made(cast, "csv"))
    assert [line.partition(" ")[2] for line in row["Comments"].split("\n")] == ["Mika: @Theo,' =1+1 nights were better", "Theo: That counts"]
    said = " ".join(text_of(made(cast, "pdf", goal)).split())
    assert "That counts" in said and SECRET not in said
    end_membership(cast.case, cast.ids["therapist"])
    assert read_back(made(cast)).goals[0].comments[1].by == "Somebody who was here before"
    goals.let_go(cast.client, cast.case, goal, seen(cast, goal), op=op())
    goals.archive(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert len(read_back(made(cast)).goals[0].comments) == 2


def test_a_ladder_goes_along_from_the_archive_and_before_it_is_whole(cast: Cast) -> None:
    begun = agreed(cast, "Begun")
    ladders.begin(cast.client, cast.case, begun, op=op())
    top = ladders.of_goal(cast.client, cast.case, begun).levels[0]
    ladders.write(cast.client, cast.case, top.id, LEVELS[0], top.version, op=op())
    goal = a_full_goal(cast)
    goals.reach(cast.client, cast.case, goal, seen(cast, goal), op=op())
    goals.archive(cast.client, cast.case, goal, seen(cast, goal), op=op())
    words = {one.id: [level.text for level in one.ladder.levels] for one in read_back(made(cast)).goals if one.ladder}
    assert words == {begun: [LEVELS[0], "", "", "", ""], goal: list(LEVELS)}


def test_the_archive_is_in_the_data_and_not_on_paper(cast: Cast) -> None:
    goal = agreed(cast, "Long ago")
    goals.reach(cast.client, cast.case, goal, seen(cast, goal), op=op())
    goals.archive(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert [one.archived for one in read_back(made(cast)).goals] == [True]
    assert table_of(made(cast, "csv"))[0]["In the archive"] == "yes"
    assert "Long ago" not in text_of(made(cast, "pdf"))
    assert "Reached, in the archive" in text_of(made(cast, "pdf", goal))


def test_one_goal_is_one_clean_page(cast: Cast) -> None:
    goal = a_full_goal(cast)
    agreed(cast, "Another goal")
    pdf = made(cast, "pdf", goal)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert "Another goal" not in text_of(pdf)
    assert "Number (0–10)" in text_of(pdf) and all(words in text_of(pdf) for words in LEVELS)
    assert [one.id for one in read_back(made(cast, "json", goal)).goals] == [goal]
    assert len(table_of(made(cast, "csv", goal))) == 1


def test_an_empty_board_is_an_answer_too(cast: Cast) -> None:
    assert read_back(made(cast)).goals == ()
    assert table_of(made(cast, "csv")) == []
    assert "Nothing stands here yet" in text_of(made(cast, "pdf"))


def test_a_german_table_opens_in_a_german_spreadsheet(cast: Cast) -> None:
    a_full_goal(cast)
    content = made(cast, "csv", lang="de")
    assert content.startswith(b"\xef\xbb\xbf")
    row = table_of(content, ";")[0]
    assert row["Das Ziel"] == "Öfter früher schlafen gehen"
    assert row["Im Blick"] == "ja"


def test_no_cell_is_a_formula(cast: Cast) -> None:
    goal = agreed(cast, "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd")
    for text in ("+1", "-1", "=HYPERLINK(1)"):
        goals.add_step(cast.client, cast.case, goal, text, "", op=op())
    goals.set_area(cast.client, cast.case, goal, "=1", seen(cast, goal), op=op())
    row = table_of(made(cast, "csv"))[0]
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in row.values())
    assert (row["The goal"], row["Life area"]) == ("'=cmd|' /C calc'!A0", "'=1")


# --- data


def test_the_data_is_what_its_schema_says(cast: Cast) -> None:
    comment(cast, a_full_goal(cast), "It helps", by=cast.client, op=op())
    promises.make(cast.therapist, cast.case, PromiseForm("Send the text about sleep"), op=op())
    decided = decisions.begin(cast.client, cast.case, "Move house?", op=op()).id
    decisions.add_point(cast.client, cast.case, decisions.add_option(cast.client, cast.case, decided, "Yes", op=op()).id, "for", "light", op=op())
    given = json.loads(made(cast))
    offered = given["decisions"][0]["options"][0]
    assert (given["format"], given["version"], given["scope"]) == (FORMAT_NAME, FORMAT_VERSION, "board")
    assert [(one["role"], one["name"]) for one in given["people"]] == [("client", "Mika Vane"), ("therapist", "Theo Sand")]
    assert json.loads((ROOT / "docs" / "export.schema.json").read_text("utf-8")) == file_schema(), "write docs/export.schema.json anew"
    told = (ROOT / "docs" / "exports.md").read_text("utf-8")
    for shape in (given, given["people"][0], given["goals"][0], given["goals"][0]["steps"][0], given["goals"][0]["history"][0], given["goals"][0]["ratings"][0], given["goals"][0]["comments"][0], given["promises"][0], given["goals"][0]["ladder"], given["goals"][0]["ladder"]["levels"][0],
                  given["decisions"][0], offered, offered["speaks_for"][0]):  # fmt: skip
        for name in shape:
            assert f"`{name}`" in told, name


# --- paper


def catalogue(pdf: bytes) -> DictionaryObject:
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    return root.get_object()  # type: ignore[no-any-return]


def roles(node: object) -> list[str]:
    """The tags of a document, in reading order."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [role for one in node for role in roles(one)]
    if not isinstance(node, dict):
        return []
    return [str(node["/S"]), *roles(node.get("/K", []))] if "/S" in node else roles(node.get("/K", []))


def test_paper_is_tagged_and_knows_its_language(cast: Cast) -> None:
    a_full_goal(cast)
    pdf = made(cast, "pdf", lang="de")
    root = catalogue(pdf)
    assert root["/MarkInfo"]["/Marked"] == BooleanObject(True)
    assert root["/Lang"] == "de"
    tags = roles(root["/StructTreeRoot"])
    assert {"/Document", "/H1", "/H2", "/H3", "/P", "/L", "/LI"} <= set(tags)
    assert tags.index("/H1") < tags.index("/H2") < tags.index("/H3") < tags.index("/L")
    assert b"pdfuaid" in pdf or b"pdfuaid" in root["/Metadata"].get_object().get_data(), "marked as PDF/UA"
    about = PdfReader(io.BytesIO(pdf)).metadata
    assert about is not None and (about.title, about.author) == ("Rapport", None)
    said = text_of(pdf)
    assert "Öfter früher schlafen gehen" in said
    assert "Seite 1 von 1" in said and "Mika, Theo" in said and say("de", "Look again on") in said


def test_every_font_is_inside_and_other_scripts_are_set(cast: Cast) -> None:
    goals.add(cast.client, cast.case, "לישון מוקדם יותר", "النوم مبكراً · спать раньше · ύπνος 🙂", op=op())
    pdf = made(cast, "pdf")
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in PdfReader(io.BytesIO(pdf)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    for family in ("Newsreader", "LibertinusSerif", "NotoNaskhArabic", "NotoEmoji"):
        assert any(name.startswith(family) for name in fonts), (family, fonts)
    said = text_of(pdf)
    assert "спать" in said and "🙂" in said
    assert b"pdfuaid" in catalogue(pdf)["/Metadata"].get_object().get_data()


def test_what_no_font_has_still_becomes_a_tagged_paper(cast: Cast) -> None:
    goals.add(cast.client, cast.case, "\ue000 \U0001e900", op=op())
    root = catalogue(made(cast, "pdf"))
    assert root["/MarkInfo"]["/Marked"] == BooleanObject(True)


def test_nothing_that_was_written_is_read_as_markup(cast: Cast) -> None:
    words = '#import "@preview/x" $x$ *b* @ref <l> `r` \\ // /* #read("/etc/hostname")'
    agreed(cast, words, words)
    said = " ".join(text_of(made(cast, "pdf")).split())
    assert said.count(" ".join(words.split())) == 2


def test_a_large_board_says_how_far_it_is(cast: Cast) -> None:
    for number in range(45):
        goals.add(cast.client, cast.case, f"Goal {number}", "why " * 50, op=op())
    told: list[int] = []
    export = service.ask(cast.client, cast.case, "pdf", "", "en", op=op()).id

    with pytest.MonkeyPatch.context() as watching:
        moved = service.note_progress
        watching.setattr(service, "note_progress", lambda job, percent: (moved(job, percent), told.append(line(cast, export).percent)))
        service.make_due()
    assert told == sorted(told) and len(set(told)) == len(told) == 4
    pdf = service.fetch(cast.client, cast.case, export).content
    said = text_of(pdf)
    assert all(f"Goal {number}\n" in said for number in range(45))
    assert f"Page 2 of {len(PdfReader(io.BytesIO(pdf)).pages)}" in said


def test_reading_for_a_copy_takes_as_many_statements_whatever_stands_there(cast: Cast) -> None:
    def needed(by: Caller) -> int:
        service.sheet(by, cast.case, everything=True)
        with counted() as run:
            service.sheet(by, cast.case, everything=True)
        return len(run)

    agreed(cast)
    few = needed(cast.therapist)
    for number in range(9):
        goal = agreed(cast, f"Goal {number}")
        goals.add_step(cast.client, cast.case, goal, "a step", "", op=op())
    assert needed(cast.therapist) == few <= 26
    assert look(cast, goal).all_steps == 1
