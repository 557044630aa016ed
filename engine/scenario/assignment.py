"""``[assignment]`` of a scenario: what students are asked to reach, and what they may change for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.scenario.lesson import Prose, QueryText
from engine.scenario.part import Part

Value = bool | int | str


class MayChange(Part):
    """One ``[[assignment.may_change]]``: a key of the scenario, and how far it may be changed."""

    key: Annotated[str, Field(min_length=1, max_length=120)] = Field(
        description="Dotted key, as machine.zswap.max_pool_percent or machine.swapfile.0.slots"
    )
    low: int | None = Field(None, description="Least number allowed")
    high: int | None = Field(None, description="Greatest number allowed")
    choices: list[Value] = Field([], max_length=40, description="The values allowed, for what is no number")


class Criterion(Part):
    """One ``[[assignment.check]]``: what a submission's run must fulfil."""

    that: QueryText = Field(description='A comparison, as "pgmajfault < 200" or "zswpwb at \'both at work\' > 0"')
    text: str = Field("", max_length=2000, description="What it is there for, told to the student")
    points: int = Field(1, ge=0, le=1000, description="What it is worth")
    hidden: bool = Field(False, description="true: not told before the submission is graded")


class Assignment(Part):
    """``[assignment]``."""

    task: Prose = Field(description="What is to be done, Markdown")
    may_change: list[MayChange] = Field([], max_length=100, description="What a submission may set; nothing else")
    workload: bool = Field(False, description="true: a submission may bring [[run]] parts of its own, without traces")
    max_references: int = Field(
        1_000_000, ge=1, le=50_000_000, description="Most operations of a workload that a submission brings"
    )
    policy: Literal["replacement", "writeback"] | None = Field(
        None, description="A submission may bring a policy of this sort, a Python file (docs/policies.md); "
        "its code runs only with grade --run-policies"
    )
    questions: bool = Field(True, description="false: the questions of the steps are not part of it")
    pass_percent: int = Field(100, ge=0, le=100, description="Share of the points needed to pass (%)")
    check: list[Criterion] = Field([], max_length=200, description="What its run must fulfil")
