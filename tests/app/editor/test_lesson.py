"""The lesson's page of the editor: steps, questions, what varies and homework as forms, with undo and live mistakes."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from app.editor.moment import MomentInput, kind_names
from engine.scenario import parse_scenario
from engine.scenario.forms import fields_of
from engine.scenario.lesson import QUESTION_KINDS, Step
from tests.app.editor.conftest import TEXT
from tests.app.editor.hands import choose, pick, type_into

LESSON = 3


@pytest.fixture
def lesson(editor):
    editor.tabs.setCurrentIndex(LESSON)
    return editor.lesson


def rows(lesson):
    return lesson.form.rows


def test_a_lesson_is_made_from_nothing_without_the_text(editor, lesson, checked, file):
    lesson.tree.choose(("step",))
    assert "moment of the run" in lesson.nothing.text
    pick(lesson, "Step")
    assert lesson.tree.path == ("step", 0)
    type_into(rows(lesson)["title"].input.line, "All is filled")
    when = rows(lesson)["when"].input
    choose(when.what, "mark")
    assert editor.document.data["step"][0]["when"] == "filled", "the first mark there is"
    for kind in QUESTION_KINDS:
        pick(lesson, "Question of this step", {"choice": "one of several statements", "number": "a number",
             "click": "a click on the machine", "order": "things put in order", "pte": "a page-table entry filled in",
             "next": "what happens next"}[kind])  # fmt: skip
    assert [one["kind"] for one in editor.document.data["step"][0]["question"]] == list(QUESTION_KINDS)
    lesson.tree.choose(("step", 0, "question", 0))
    pick(lesson, "Statement to choose")
    assert lesson.tree.path == ("step", 0, "question", 0, "option", 2)
    type_into(rows(lesson)["holds"].input.line, "pswpout > 1000000")
    pick(lesson, "Something that varies")
    assert lesson.tree.path == ("vary", 0)
    pick(lesson, "Homework")
    assert lesson.tree.path == ("assignment",)
    pick(lesson, "What students may change")
    pick(lesson, "What is to be reached")
    checked(editor)
    assert editor.problems == (), "what is added is right as it is"
    scenario = parse_scenario(editor.document.text, file)
    assert (scenario.step[0].title, len(scenario.step[0].question)) == ("All is filled", len(QUESTION_KINDS))
    assert scenario.assignment is not None
    assert scenario.assignment.check[0].that == "pgmajfault < 100"
    while editor.document.steps.can_undo:
        QTest.keySequence(editor, QKeySequence("Ctrl+Z"))
    assert editor.document.text == TEXT


@pytest.mark.parametrize("value", [
    "start", "end", "filled", {"kind": "written back"}, {"kind": "written back", "nth": 3, "after": "filled"},
    {"mark": "filled", "offset": -2}, {"condition": "pswpout > 4"}, {"time_ns": 40}, {"transition": 7, "offset": 1},
])  # fmt: skip
def test_every_moment_is_shown_and_made_again(qtbot, value):
    field = next(field for field in fields_of(Step) if field.key == "when")
    made = MomentInput(field)
    qtbot.addWidget(made)
    made.offer(lambda: ["filled"])
    made.show_value(value)
    wanted = []
    made.changed.connect(wanted.append)
    if made.place.isVisibleTo(made):
        made.nth.textEdited.emit(made.nth.text())
    else:
        made.what.activated.emit(made.what.currentIndex())
    assert wanted == [value]


def test_a_kind_of_transition_is_completed(lesson, editor):
    pick(lesson, "Step")
    when = rows(lesson)["when"].input
    choose(when.what, "kind")
    assert editor.document.data["step"][0]["when"] == {"kind": "written back"}
    when.place.setFocus()
    assert "zswap refuses" in kind_names()
    assert when.place.completer().completionCount() >= 0
    type_into(when.nth, "2")
    assert editor.document.data["step"][0]["when"] == {"kind": "written back", "nth": 2}
    assert 'when = { kind = "written back", nth = 2 }' in editor.document.text
    choose(when.what, "end")
    assert editor.document.data["step"][0]["when"] == "end"


def test_a_moment_that_has_a_header_of_its_own_is_changed_there(editor, lesson):
    editor.document.change(TEXT + '\n[[step]]\ntitle = "A"\n[step.when]\nkind = "written back"\n', "edit")
    lesson.tree.choose(("step", 0))
    choose(rows(lesson)["when"].input.what, "end")
    assert editor.document.data["step"] == [{"title": "A", "when": "end"}]
    assert "[step.when]" not in editor.document.text


def test_mistakes_are_told_at_the_field_and_gone_to(editor, lesson, checked):
    pick(lesson, "Step")
    pick(lesson, "Question of this step", "a number")
    type_into(rows(lesson)["answer"].input.line, "pswpuot")
    checked(editor)
    row = rows(lesson)["answer"]
    assert row.wrong.isVisible()
    assert "pswpout" in row.wrong.text() + row.nearest.text()
    assert not editor.tabs.tabIcon(LESSON).isNull()
    editor.tabs.setCurrentIndex(0)
    lesson.tree.choose(("vary",))
    editor.going.go_to(editor.problems[0])
    assert editor.tabs.currentIndex() == LESSON
    assert lesson.tree.path == ("step", 0, "question", 0)
    editor.document.steps.undo()
    checked(editor)
    assert editor.tabs.tabIcon(LESSON).isNull()


def test_what_can_vary_is_offered_by_name(editor, lesson, checked):
    pick(lesson, "Something that varies")
    line = rows(lesson)["key"].input.line
    line.setFocus()
    names = [line.completer().model().index(row, 0).data() for row in range(line.completer().model().rowCount())]
    assert {"machine.frames", "run.0.references", "process.1.pages"} <= set(names)
    type_into(line, "run.0.references")
    checked(editor)
    assert editor.problems == ()
    assert editor.document.data["vary"] == [{"key": "run.0.references", "low": 32, "high": 64}]


def test_steps_are_moved_copied_and_removed(editor, lesson):
    for title in ("first", "second"):
        pick(lesson, "Step")
        type_into(rows(lesson)["title"].input.line, title)
    lesson.up.click()
    assert [step["title"] for step in editor.document.data["step"]] == ["second", "first"]
    lesson.copy.click()
    lesson.out.click()
    assert [step["title"] for step in editor.document.data["step"]] == ["second", "first"]


def test_a_question_shows_what_its_kind_has_and_what_the_file_says_beside_it(editor, lesson):
    lesson.tree.choose(("step",))
    pick(lesson, "Step")
    pick(lesson, "Question of this step", "a number")

    def shown(*keys):
        return [key for key in keys if not rows(lesson)[key].isHidden()]

    theirs = ("answer", "unit", "tolerance", "tolerance_percent", "choices")
    assert shown(*theirs) == ["answer", "unit", "tolerance", "tolerance_percent"]
    type_into(rows(lesson)["unit"].input.line, "pages")
    choose(rows(lesson)["kind"].input.choice, "choice")
    assert shown(*theirs) == ["answer", "unit", "choices"], "the unit is still in the file, and can be taken out"
    rows(lesson)["unit"].reset.click()
    assert shown(*theirs) == ["answer", "choices"]
    QTest.keySequence(editor, QKeySequence("Ctrl+Z"))
    assert "unit" in shown(*theirs)


def test_homework_is_taken_out_as_a_whole_and_comes_back(editor, lesson):
    lesson.tree.choose(("assignment",))
    assert not lesson.out.isEnabled()
    pick(lesson, "Homework")
    pick(lesson, "What is to be reached")
    lesson.tree.choose(("assignment",))
    assert lesson.out.isEnabled()
    lesson.out.click()
    assert editor.document.text == TEXT
    QTest.keySequence(editor, QKeySequence("Ctrl+Z"))
    assert len(editor.document.data["assignment"]["check"]) == 1
