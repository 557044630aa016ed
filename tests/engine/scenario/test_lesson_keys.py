"""Steps, questions and assignments of a file: each mistake is told with line, key, what is allowed and the nearest."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.scenario import dump_scenario, load_scenario, parse_scenario
from engine.scenario.lesson import question_ids
from engine.scenario.prose import Link, filled, links_in, queries_in, stray_brace, with_hrefs, without_links
from tests.engine.lesson.conftest import RUN

STEPS = """
[[step]]
title = "One"
when = { kind = "written back", nth = 2, after = "filled", offset = -1 }
let = { p = "any page of editor in zswap" }
text = "Look at [{p}](it:p): {state of p}. [slot](slot:swap0/3) [x](transition:written back) [m](mark:filled)"

[[step.question]]
id = "first"
kind = "click"
ask = "Who, of {zswap_stored_pages}?"
answer = "page of next 'written back'"
predict = true
hints = ["{p}"]

[[step.question]]
kind = "choice"
ask = "Which?"
[[step.question.option]]
text = "this"
holds = "zswpout > 3"
[[step.question.option]]
text = "that"
holds = "zswpout <= 3"

[[step]]
title = "Two"
when = "both there"

[[step.question]]
kind = "number"
ask = "How many?"
answer = "zswpwb at end"
tolerance_percent = 5
unit = "pages"

[assignment]
task = "Do it."
[[assignment.may_change]]
key = "machine.zswap.max_pool_percent"
low = 1
high = 40
[[assignment.check]]
that = "pswpin < 10"
points = 2
"""


def problems(old: str, new: str) -> list[tuple[str | None, str, str | None]]:
    """Keys, mistakes and nearest names of the file with one thing replaced; the line must be the one changed."""
    assert STEPS.count(old) == 1, old
    text = RUN + STEPS.replace(old, new)
    with pytest.raises(InputError) as error:
        parse_scenario(text, "s.toml")
    lines = text.splitlines()
    for problem in error.value.problems:
        assert problem.file == "s.toml"
        assert problem.line is not None
        assert 0 < problem.line <= len(lines)
    return [(problem.key, problem.what, problem.nearest) for problem in error.value.problems]


def test_the_file_is_right_and_written_back() -> None:
    scenario = parse_scenario(RUN + STEPS, "s.toml")
    assert question_ids(scenario.step) == [["first", "q2"], ["q3"]]
    again = parse_scenario(dump_scenario(scenario), "s.toml")
    assert again == scenario


@pytest.mark.parametrize(("old", "new", "key", "what", "near"), [
    ('title = "One"', 'titel = "One"', "step.0.titel", "no key 'titel'", "title"),
    ('when = "both there"', 'when = "both ther"', "step.1.when", "no mark 'both ther'", "both there"),
    ('kind = "written back", nth', 'kind = "writen back", nth', "step.0.when.kind", "no kind of transition",
     "written back"),
    ('after = "filled"', 'after = "filed"', "step.0.when.after", "no mark 'filed'", "filled"),
    ("nth = 2", "nth = 0", "step.0.when.nth", "0 is too small", None),
    ('kind = "written back", nth', 'nth', "step.0.when", "does not say which moment", None),
    ('kind = "written back", nth', 'kind = "fault", mark = "filled", nth', "step.0.when", "has both 'kind'", None),
    ('kind = "written back", nth', 'condition = "zswpout", nth', "step.0.when.condition", "no condition", None),
    ('kind = "written back", nth', 'condition = "zswpot > 3", nth', "step.0.when.condition", "no figure", "zswpout"),
    ('p = "any page of editor in zswap"', 'p = "any page of editor in zswp"', "step.0.let.p", "no page is in", "zswap"),
    ("{state of p}", "{stat of p}", "step.0.text", "no 'stat of", "state"),
    ("{state of p}", "{state of p", "step.0.text", "a brace stands alone", None),
    ("{state of p}", "{next 'fault'}", "step.0.text", "is a transition", None),
    ("(it:p)", "(it:q)", "step.0.text", "no name of 'let' 'q'", None),
    ("(slot:swap0/3)", "(slot:swp0/3)", "step.0.text", "leads nowhere", "swap0"),
    ("(slot:swap0/3)", "(page:editor/99)", "step.0.text", "leads nowhere", None),
    ("(slot:swap0/3)", "(page:editor/{p})", "step.0.text", "a query in its target", None),
    ("(transition:written back)", "(transition:writen back)", "step.0.text", "no kind of", "written back"),
    ("(mark:filled)", "(mark:filed)", "step.0.text", "no mark 'filed'", "filled"),
    ('kind = "click"', 'kind = "clik"', "step.0.question.0.kind", "'clik' is not possible", "click"),
    ('id = "first"', 'id = "q2"', "step.0.question.1", "the id 'q2' is there twice", None),
    ('id = "first"', 'id = "1 st"', "step.0.question.0.id", "is no name", None),
    ("of {zswap_stored_pages}", "of {zswap_stored_page}", "step.0.question.0.ask", "no figure", "zswap_stored_pages"),
    ('hints = ["{p}"]', 'hints = ["{q}"]', "step.0.question.0.hints.0", "no figure 'q'", None),
    ("answer = \"page of next 'written back'\"", 'answer = "zswpout"', "step.0.question.0.answer", "a number", None),
    ("answer = \"page of next 'written back'\"\n", "", "step.0.question.0.answer", "'answer' is missing", None),
    ('holds = "zswpout > 3"', 'holds = "zswpout"', "step.0.question.1.option.0.holds", "gives a number", None),
    ('ask = "Which?"', 'ask = "Which?"\nanswer = "zswpout"', "step.0.question.1.answer", "the options say", None),
    ('unit = "pages"', 'unit = "pages"\nchoices = ["3"]', "step.1.question.0.choices", "has no 'choices'", None),
    ("tolerance_percent = 5", "tolerance_percent = 500", "step.1.question.0.tolerance_percent", "too large", None),
    ('answer = "zswpwb at end"', 'answer = "zswpwb at ende"', "step.1.question.0.answer", "no mark 'ende'", "end"),
    ('answer = "zswpwb at end"', "answer = \"next 3 'fault'\"", "step.1.question.0.answer", "gives a transition", None),
    ('unit = "pages"', "unit = \"pages\"\nshow = \"zswpout\"", "step.1.question.0.show", "no single transition", None),
    ('key = "machine.zswap.max_pool_percent"', 'key = "machine.zswap.max_pool_percnt"', "assignment.may_change.0.key",
     "no setting", "machine.zswap.max_pool_percent"),
    ('key = "machine.zswap.max_pool_percent"', 'key = "machine.swapfile.3.slots"', "assignment.may_change.0.key",
     "no swapfile 3", None),
    ("high = 40", "high = 0", "assignment.may_change.0.high", "0 is below low", None),
    ("high = 40", "choices = [1]", "assignment.may_change.0.choices", "both choices and a range", None),
    ('that = "pswpin < 10"', 'that = "pswpn < 10"', "assignment.check.0.that", "no figure", "pswpin"),
    ('that = "pswpin < 10"', 'that = "pswpin"', "assignment.check.0.that", "gives a number", None),
])  # fmt: skip
def test_a_mistake_is_told_with_its_place(old: str, new: str, key: str, what: str, near: str | None) -> None:
    found = problems(old, new)
    assert [one for one in found if one[0] == key and what in one[1] and one[2] == near], found


def test_one_mistake_does_not_hide_another() -> None:
    found = problems('kind = "click"', 'kind = "clik"')
    assert len(found) == 1
    text = STEPS.replace('kind = "click"', 'kind = "clik"').replace("zswpwb at end", "zswpwb at ende")
    with pytest.raises(InputError) as error:
        parse_scenario(RUN + text.replace('holds = "zswpout > 3"', 'holds = "zswpout"'), "s.toml")
    assert [problem.key for problem in error.value.problems] == [
        "step.0.question.0.kind", "step.0.question.1.option.0.holds", "step.1.question.0.answer",
    ]  # fmt: skip


def test_an_assignment_with_nothing_to_grade() -> None:
    with pytest.raises(InputError) as error:
        parse_scenario(RUN + '[assignment]\ntask = "Do it."\n', "s.toml")
    assert "nothing to grade" in str(error.value)


def test_another_trace_takes_the_place_of_the_lesson_too(tmp_path: Path) -> None:
    trace = tmp_path / "t.txt"
    trace.write_text("r 1 editor\nw 2 shell\n")
    file = tmp_path / "s.toml"
    file.write_text(RUN + STEPS)
    scenario = load_scenario(file, trace=trace)
    assert scenario.step == []
    assert scenario.assignment is None


def test_texts() -> None:
    text = "{{x}} {zswpout} [a {b} c](it:p) [d](page:editor/1) [web](https://example.org)"
    assert queries_in(text) == ["zswpout", "b"]
    assert filled(text, lambda query: f"[{query}](page:e/1)") == (
        "{x} [zswpout](page:e/1) [a b c](it:p) [d](page:editor/1) [web](https://example.org)"
    )
    assert list(links_in(text)) == [Link("it", "p"), Link("page", "editor/1")]
    spaced = "[x](<transition:written back>) [y](mark:a b)"
    assert with_hrefs(spaced) == "[x](transition:written%20back) [y](mark:a%20b)"
    assert Link.of_href("transition:written%20back") == Link("transition", "written back")
    assert without_links("a [b](page:x/1) [c](https://example.org)") == "a b [c](https://example.org)"
    assert stray_brace("a } b")
    assert not stray_brace("{{a}} {b}")
