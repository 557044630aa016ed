"""The lesson panel: the step of the cursor, values that follow it, answers of every kind, predictions, progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument

from app import theme
from app.export.picture import moment_of
from app.moment import Selected, Thing
from app.panels.answers import ClickAnswer, OrderAnswer, PteAnswer
from app.panels.lesson import INTRODUCTION, LessonPanel
from app.panels.prose import Prose
from app.panels.widgets import Text
from app.thread.lesson import Course, LessonMaker
from engine.explain import Form
from engine.lesson.lesson import Lesson, make_lesson
from engine.lesson.progress import Progress
from engine.scenario import parse_scenario
from engine.timeline import Timeline
from tests.engine.lesson.conftest import RUN

STEPS = """
[[step]]
title = "First"
when = "filled"
let = { p = "any page of editor in zswap" }
text = "There are {zswap_stored_pages}. See [{p}](it:p), [a fault](transition:fault), [both](mark:both there)."
[[step.question]]
kind = "choice"
ask = "Where is {p}?"
answer = "state of p"
hints = ["One.", "Two."]
[[step.question]]
kind = "number"
ask = "How many will there be?"
answer = "zswpout at 'both there'"
predict = true
why = "It is {zswpout}."
[[step]]
title = "Second"
when = "both there"
[[step.question]]
kind = "click"
ask = "Click it."
answer = "page of next 'written back'"
[[step.question]]
kind = "order"
ask = "Order?"
answer = "page of next 3 'frame freed'"
[[step.question]]
kind = "pte"
ask = "Fill in."
answer = "pte of page 5 of editor"
"""
SCENARIO = parse_scenario(RUN + STEPS, "small.toml")


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return make_lesson(SCENARIO, compiled=False)


@pytest.fixture
def timeline(lesson: Lesson) -> Timeline:
    return Timeline(lesson.program, False)


@pytest.fixture
def course(lesson: Lesson) -> Course:
    return Course("small", "A small lesson", ("Know it.",), "## Text\n\nAll of it.", 1, 2, lesson)


@pytest.fixture
def panel(show: Callable[..., Any], course: Course, timeline: Timeline, tmp_path: Path) -> LessonPanel:
    """A panel whose jumps are made at once."""
    made = LessonPanel(Progress(tmp_path))
    made.jumps = []
    made.jump_requested.connect(made.jumps.append)
    made.jump_requested.connect(lambda number: (timeline.jump(number), made.show_moment(moment_of(timeline))))
    show(made)
    made.set_course(course)
    made.show_moment(moment_of(timeline))
    return made


def texts(panel: LessonPanel) -> str:
    found = [one.source for one in panel.findChildren(Prose) if one.isVisible()]
    return "\n".join(found + [one.text() for one in panel.findChildren(Text) if one.isVisible()])


def test_without_a_course_it_says_what_it_is_for(show: Callable[..., Any], tmp_path: Path) -> None:
    panel = show(LessonPanel(Progress(tmp_path)))
    assert "No lesson is open" in panel.empty.text
    assert panel.empty.isVisible()


def test_it_begins_with_the_introduction(panel: LessonPanel) -> None:
    assert panel.current == INTRODUCTION
    assert "Know it." in texts(panel)
    assert "All of it." in texts(panel)
    assert not panel.back.isEnabled()
    panel.on.click()
    assert panel.current == 0
    assert panel.jumps == [panel.steps[0].moment]
    assert "1  First" in texts(panel)
    assert len(panel.cards) == 2


def test_the_step_follows_the_cursor(panel: LessonPanel, timeline: Timeline) -> None:
    first, second = (step.moment for step in panel.steps)
    end = panel.course.lesson.course.end
    for cursor, expected in ((first, 0), (second - 1, 0), (second, 1), (end, 1), (first + 3, 0), (3, INTRODUCTION)):
        timeline.jump(cursor)
        panel.show_moment(moment_of(timeline))
        assert panel.current == expected, cursor


def test_values_follow_the_cursor(panel: LessonPanel, timeline: Timeline) -> None:
    panel.go_to(0)
    for _ in range(3):
        timeline.seek(next(kind for kind in range(60) if kind_name(kind) == "zswap store"))
        panel.show_moment(moment_of(timeline))
        assert panel.text.source.startswith(f"There are {timeline.view['zswap_stored_pages']}.")


def kind_name(number: int) -> str:
    from engine.mm.transitions import KINDS

    return KINDS[number].name if number < len(KINDS) else ""


def test_a_branch_has_no_steps_of_its_own(panel: LessonPanel, timeline: Timeline) -> None:
    panel.go_to(0)
    timeline.jump(panel.steps[1].moment)
    panel.show_moment(replace(moment_of(timeline), branch="machine.frames = 20"))
    assert panel.current == 0
    assert panel.note.isVisible()


# -- links --------------------------------------------------------------------------------------


def test_links_select_and_jump(panel: LessonPanel, timeline: Timeline, lesson: Lesson) -> None:
    chosen: list[Any] = []
    panel.selected.connect(chosen.append)
    panel.go_to(0)
    page = lesson.steps[0].let["p"]
    panel.follow(f"page:editor/{page.number}")
    assert chosen == [(Selected(Thing.PAGE, page.number, 1),)]
    panel.follow("slot:swap0/3")
    assert chosen[-1] == (Selected(Thing.SLOT, 3, 0),)
    panel.follow("entry:2")
    assert chosen[-1] == (Selected(Thing.ZSWAP, 2, 0),)
    panel.follow("page:nobody/3")
    assert len(chosen) == 3
    panel.follow("transition:fault")
    assert timeline.transition().kind.name == "fault"
    assert timeline.cursor > lesson.steps[0].moment
    panel.follow("transition:12")
    assert timeline.cursor == 12
    panel.follow("mark:both%20there")
    assert timeline.cursor == lesson.course.marks["both there"][0]


def test_what_is_asked_about_is_a_link_in_the_text(panel: LessonPanel) -> None:
    panel.go_to(0)
    assert 'href="page:editor/' in panel.text.text()
    assert 'href="mark:both%20there"' in panel.text.text()


# -- questions ----------------------------------------------------------------------------------


def test_a_choice_is_checked_and_tried_again(panel: LessonPanel, lesson: Lesson, qtbot: Any) -> None:
    panel.go_to(0)
    card, asked = panel.cards[0], lesson.questions[0]
    assert not card.check.isEnabled()
    wrong = (asked.right + 1) % len(asked.options)
    card.answer.group.button(wrong).click()
    qtbot.mouseClick(card.check, Qt.MouseButton.LeftButton)
    assert not card.verdict.right
    assert card.said.isVisibleTo(card)
    assert asked.answer in card.told.source
    card.answer.group.button(asked.right).click()
    assert card.verdict is None, "another answer is not checked yet"
    card.check.click()
    assert card.verdict.right
    assert panel.progress.of("small", 1, "q1").tries == 2
    assert "1 of 5 right" in panel.score.text()


def test_hints_come_one_after_the_other(panel: LessonPanel) -> None:
    panel.go_to(0)
    card = panel.cards[0]
    assert not card.hints.isVisible()
    card.hint.click()
    assert card.hints.source == "One."
    card.hint.click()
    assert "Two." in card.hints.source
    assert not card.hint.isEnabled()
    assert panel.progress.of("small", 1, "q1").hints == 2
    assert not panel.cards[1].hint.isVisible()


@pytest.mark.parametrize("right", [True, False])
def test_a_prediction_is_told_when_the_run_has_shown_it(
    panel: LessonPanel, lesson: Lesson, timeline: Timeline, right: bool
) -> None:
    panel.go_to(0)
    card, asked = panel.cards[1], lesson.questions[1]
    card.answer.field.setText(str(asked.right if right else asked.right + 5))
    card.check.click()
    assert card.waits
    assert asked.answer not in texts(panel), "not yet"
    timeline.jump(asked.shown_at - 1)
    panel.show_moment(moment_of(timeline))
    assert card.waits
    assert panel.cards[1] is card, "the step stays until the next one's moment"
    # The mark it is about is also the moment of the second step: ask the card itself.
    timeline.jump(asked.shown_at)
    card.show_moment(moment_of(timeline))
    assert not card.waits
    assert card.verdict.right == right
    assert f"It is {asked.right}." in card.told.source
    assert (asked.answer in card.told.source.split("\n\n")[0]) == (not right)


def test_show_why_leads_there(panel: LessonPanel, lesson: Lesson) -> None:
    panel.go_to(0)
    card, asked = panel.cards[0], lesson.questions[0]
    card.answer.group.button(0).click()
    card.check.click()
    card.why.click()
    assert panel.jumps[-1] == asked.shown_at


def test_a_click_is_taken_from_the_canvas(panel: LessonPanel, lesson: Lesson, timeline: Timeline) -> None:
    before = (Selected(Thing.PAGE, 1, 1),)
    panel.show_moment(replace(moment_of(timeline), selection=before))
    timeline.jump(panel.steps[1].moment)
    panel.show_moment(replace(moment_of(timeline), selection=before))
    card = panel.cards[0]
    assert isinstance(card.answer, ClickAnswer)
    assert card.answer.given() is None, "selected before the question came"
    right = next(place for place in lesson.questions[2].accepts if place.thing == "zswap")
    for number, good in ((right.number + 1, False), (right.number, True)):
        panel.show_moment(replace(moment_of(timeline), selection=(Selected(Thing.ZSWAP, number),)))
        assert f"entry {number}" in card.answer.label.text()
        card.check.click()
        assert card.verdict.right == good


def test_an_order_is_moved_by_buttons_and_keys(panel: LessonPanel, lesson: Lesson, qtbot: Any) -> None:
    panel.go_to(1)
    card, asked = panel.cards[1], lesson.questions[3]
    answer = card.answer
    assert isinstance(answer, OrderAnswer)
    assert answer.given() == (0, 1, 2)
    answer.list.setFocus()
    qtbot.keyClick(answer.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert answer.given() == (1, 0, 2)
    for place, wanted in enumerate(asked.right):
        row = answer.given().index(wanted)
        answer.list.setCurrentRow(row)
        for _ in range(row - place):
            answer.move_current(-1)
    assert answer.given() == asked.right
    card.check.click()
    assert card.verdict.right


def test_an_entry_is_filled_in(panel: LessonPanel, lesson: Lesson) -> None:
    from engine.explain import decode_pte

    panel.go_to(1)
    card, asked = panel.cards[2], lesson.questions[4]
    answer = card.answer
    assert isinstance(answer, PteAnswer)
    assert answer.given() is None
    answer.form.setCurrentIndex(answer.form.findData(str(Form.NEVER)))
    assert answer.fields == {}
    word = decode_pte(asked.right)
    answer.form.setCurrentIndex(answer.form.findData(str(word.form)))
    for name, field in answer.fields.items():
        field.setText("x")
        assert answer.given() is None, name
        field.setText(str(word.field(name).value))
    card.check.click()
    assert card.verdict.right


def test_what_was_answered_is_known_the_next_time(
    panel: LessonPanel, lesson: Lesson, course: Course, show: Callable[..., Any], tmp_path: Path, monkeypatch: Any
) -> None:
    panel.progress.note("small", 1, "q1", 1.0)
    panel.go_to(0)
    assert panel.cards[0].state.text() == "answered rightly before"
    assert panel.cards[1].state.text() == ""
    panel.reset()
    assert panel.cards[0].state.text() == ""
    assert Progress(tmp_path).of("small", 1, "q1").tries == 0


def test_another_instance_is_asked_for(panel: LessonPanel, monkeypatch: Any) -> None:
    from app.panels import lesson as module

    seeds: list[int] = []
    panel.instance_requested.connect(seeds.append)
    panel.next_instance()
    assert seeds == [2]
    for answer in ((17, True), (9, False)):
        monkeypatch.setattr(module.QInputDialog, "getInt", lambda *_, answer=answer: answer)
        panel.ask_instance()
    assert seeds == [2, 17]


def test_nothing_of_a_step_is_a_window_of_its_own(panel: LessonPanel) -> None:
    panel.go_to(1)
    for card in panel.cards:
        assert card.window() is panel.window()
        assert all(child.window() is panel.window() for child in (card.hint, card.why, card.answer, card.told))


@pytest.mark.parametrize(("name", "scale", "width"), [("dark", 1.0, 320), ("light", 1.0, 420), ("dark", 1.5, 480)])
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_nothing_is_cut_off(panel: LessonPanel, qtbot: Any, name: str, scale: float, width: int, step: int) -> None:
    theme.switch().choose(name)
    theme.switch().resize_type(scale)
    try:
        panel.resize(width, 700)
        panel.go_to(step)
        def cut() -> list[str]:
            labels = [one for kind in (Text, Prose) for one in panel.findChildren(kind)]
            shown = [one for one in labels if one.isVisible() and one.text()]
            return [one.text() for one in shown if one.mapTo(panel, one.rect().topRight()).x() > width
                    or (one.wordWrap() and one.height() < one.heightForWidth(one.width()))]  # fmt: skip

        qtbot.waitUntil(lambda: not cut(), timeout=3000)
    finally:
        theme.switch().resize_type(1.0)
        theme.switch().choose("dark")


# -- in the window ------------------------------------------------------------------------------


@pytest.fixture
def maker(qtbot: Any) -> Any:
    made = LessonMaker()
    yield made
    made.close()


def test_the_lesson_is_made_in_the_background(maker: LessonMaker, qtbot: Any, tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_text(RUN + STEPS)
    said: list[Course] = []
    maker.made.connect(said.append)
    maker.make(file)
    qtbot.waitUntil(lambda: len(said) == 2, timeout=20_000)
    assert (said[0].title, said[0].steps, said[0].lesson) == ("A small lesson", 2, None)
    assert len(said[1].lesson.questions) == 5
    maker.make(file, ("seed=7",))
    qtbot.waitUntil(lambda: len(said) == 4, timeout=20_000)
    assert said[3].seed == said[3].lesson.seed == 7


def test_a_file_that_is_wrong_is_left_to_the_window(maker: LessonMaker, qtbot: Any, tmp_path: Path) -> None:
    file, good = tmp_path / "wrong.toml", tmp_path / "good.toml"
    file.write_text("format = 1\n")
    good.write_text(RUN)
    said: list[Course] = []
    maker.made.connect(said.append)
    maker.make(file)
    qtbot.wait(100)
    maker.make(good)
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert [course.name for course in said] == ["good"]


def test_the_window_shows_the_lesson_of_what_it_opens(new_window: Any, qtbot: Any, tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_text(RUN + STEPS)
    window = new_window(file)
    window.show()
    panel = window.docks.lesson
    qtbot.waitUntil(lambda: len(panel.steps) == 2 and window.frame is not None, timeout=30_000)
    panel.on.click()
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == panel.steps[0].moment, timeout=20_000)
    panel.follow("page:editor/5")
    assert window.showing.selection == (Selected(Thing.PAGE, 5, 1),)
    panel.next_instance()
    qtbot.waitUntil(lambda: panel.course.seed == 2 and len(panel.steps) == 2, timeout=30_000)


def test_an_instance_says_what_is_different_in_it(panel: LessonPanel, course: Course) -> None:
    """Where settings vary, the introduction is about the file's own; the sentence before it tells the others."""
    def shown() -> str:
        plain = QTextDocument()
        plain.setHtml(panel.text.text())
        return plain.toPlainText()

    panel.set_course(course)
    assert "This is instance" not in shown()
    panel.set_course(replace(course, seed=7, varied=(("machine.frames", "56", "64"), ("machine.swappiness", "20", ""))))
    assert "This is instance 7 of the questions" in shown()
    assert "machine.frames is 56, where the text has 64; machine.swappiness is 20." in shown()
