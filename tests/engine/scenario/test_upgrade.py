"""An older format is read and brought up to date with its comments; a newer one is refused and nothing else is said."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from engine.errors import InputError
from engine.scenario import load_scenario, parse_scenario, upgrade
from engine.scenario.upgrade import Rename, Revalue, Upgrade, oldest, upgrade_text, upgraded
from tests.engine.lesson.conftest import RUN

OLD = RUN
for new, old in (
    ("format = 1", "format = 0   # the old one"), ("frames = 32", "memory = 32   # frames = pages"),
    ('content = "text"', 'kind = "text"'), ("references = 48", 'references = "48"'),
):  # fmt: skip
    OLD = OLD.replace(new, old)


@pytest.fixture(autouse=True)
def an_older_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if there had been a format 0 with other names."""
    changes = (
        Rename(("machine",), "memory", "frames"), Rename(("process",), "kind", "content"),
        Revalue(("run",), "references", int, str),
    )  # fmt: skip
    monkeypatch.setattr(upgrade, "UPGRADES", {0: Upgrade(changes)})


def test_it_is_read_as_it_is() -> None:
    assert oldest() == 0
    assert parse_scenario(OLD, "s.toml") == parse_scenario(RUN, "s.toml")


def test_its_text_is_brought_up_to_date_with_its_comments() -> None:
    new = upgrade_text(OLD)
    assert tomllib.loads(new) == tomllib.loads(RUN)
    assert "format = 1  # the old one" in new
    assert "frames = 32   # frames = pages" in new
    assert upgrade_text(new) == new
    assert upgrade_text(RUN) == RUN


def test_what_is_no_format_stays() -> None:
    for value in ("x", True, 1, 7, None):
        assert upgraded({"format": value, "machine": {"memory": 3}}) == {"format": value, "machine": {"memory": 3}}


def test_a_mistake_in_an_older_file_has_its_line(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(OLD.replace("pages = 24", "pages = 0"))
    with pytest.raises(InputError) as error:
        load_scenario(file)
    problem = error.value.problems[0]
    assert problem.line == OLD[: OLD.index("pages = 24")].count("\n") + 1


def test_a_newer_one_is_refused_with_one_word() -> None:
    with pytest.raises(InputError) as error:
        parse_scenario(RUN.replace("format = 1", "format = 9\nnovelty = 3"), "s.toml")
    assert [problem.key for problem in error.value.problems] == ["format"]
    assert "format 9 is newer" in str(error.value)
    assert "a newer Swapscope is needed" in str(error.value)
    assert error.value.problems[0].line == 1
