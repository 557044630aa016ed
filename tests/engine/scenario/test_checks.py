"""A scenario's checks against figures of a run."""

from __future__ import annotations

import pytest

from engine.scenario.checks import judge
from engine.scenario.model import Check, Scenario


def scenario(*checks: dict[str, object]) -> Scenario:
    return Scenario.model_validate({"format": 1, "title": "x", "check": list(checks)})


@pytest.mark.parametrize(
    ("operator", "passes"),
    [("==", (5,)), ("!=", (4, 6)), ("<", (4,)), ("<=", (4, 5)), (">", (6,)), (">=", (5, 6))],
)
def test_operators(operator: str, passes: tuple[int, ...]) -> None:
    judged = scenario({"name": "pswpout", "op": operator, "value": 5})
    for found in (4, 5, 6):
        (verdict,) = judge(judged, "legacy", lambda name, mark, found=found: found)  # type: ignore[misc]
        assert verdict.passed == (found in passes)
        assert verdict.found == found


def test_figures_are_asked_for_by_name_and_mark() -> None:
    asked = []

    def value(name: str, mark: str | None) -> int:
        asked.append((name, mark))
        return 0

    judge(scenario({"name": "a", "value": 0}, {"name": "b", "value": 0, "at": "m"}), "legacy", value)
    assert asked == [("a", None), ("b", "m")]


def test_texts_and_moments_that_never_came() -> None:
    outcome = scenario({"name": "outcome", "value": "oom"})
    assert judge(outcome, "legacy", lambda name, mark: "oom")[0].passed
    assert not judge(outcome, "legacy", lambda name, mark: "finished")[0].passed
    assert not judge(outcome, "legacy", lambda name, mark: None)[0].passed
    assert "never came" in str(judge(outcome, "legacy", lambda name, mark: None)[0])
    assert "it is finished" in str(judge(outcome, "legacy", lambda name, mark: "finished")[0])


def test_only_those_of_the_design() -> None:
    both = scenario({"name": "a", "value": 0}, {"name": "b", "value": 0, "design": "vswap"})
    assert [verdict.check.name for verdict in judge(both, "legacy", lambda name, mark: 0)] == ["a"]
    assert [verdict.check.name for verdict in judge(both, "vswap", lambda name, mark: 0)] == ["a", "b"]
    assert isinstance(both.check[0], Check)
