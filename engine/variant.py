"""What a run can be compared with: another design, kernel preset or setting on the same operations, or another branch.

A variant is a few words that can be kept and compared; :func:`beside` makes of it the program that
runs beside ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.comparison import Places, places
from engine.interleaving import put_between
from engine.mm import image as im
from engine.mm.schema import Setting
from engine.operation import COUNT_MASK, COUNT_SHIFT, KIND_MASK, Op, Ops
from engine.program import Program
from engine.step import Work, length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.history import Branch
    from engine.timeline import Timeline

BRANCH_SHIFT = 40
"""What a branch put in has its number from here on."""
DESIGN = im.schema.setting_for("machine.design")
POLICY = im.schema.setting_for("machine.policy")


class Change(StrEnum):
    """In what the other run differs."""

    DESIGN = "design"
    KERNEL = "kernel"
    SETTING = "setting"
    BRANCH = "branch"


@dataclass(frozen=True)
class Variant:
    """One run to compare with."""

    change: Change
    value: int = 0
    """Number of the design, value of the setting, or index of the branch."""
    key: str = ""
    """Name of the kernel preset, or key of the setting."""


def beside(timeline: Timeline, variant: Variant) -> tuple[Program, Places]:
    """The program that runs beside the branch now shown, and where it is at each operation of ours."""
    branches, number = timeline.branches, timeline.branch
    program = program_of(timeline, variant)
    ours = identities(branches, number)
    if variant.change is Change.BRANCH:
        theirs = identities(branches, variant.value)
    elif variant.change is Change.SETTING:
        theirs = ours[~sets(branches[number].program.ops, im.schema.setting_for(variant.key))]
    else:
        return program, np.arange(len(ours) + 1)
    return program, places(np.isin(ours, theirs), np.isin(theirs, ours))


def identities(branches: Sequence[Branch], number: int) -> NDArray[np.int64]:
    """A number for each operation of a branch: the same in two branches where it is the same operation."""
    branch = branches[number]
    if branch.parent < 0:
        return np.arange(len(branch.program.ops))
    own = number << BRANCH_SHIFT
    at_once = np.arange(sum(length(step) for step in branch.steps if not isinstance(step, Work))) + own
    beside: list[NDArray[np.int64]] = []
    for step in branch.steps:
        if isinstance(step, Work):
            beside.append(np.arange(length(step)) + own + len(at_once) + sum(map(len, beside)))
    return put_between(identities(branches, branch.parent), branch.position, at_once, beside)


def program_of(timeline: Timeline, variant: Variant) -> Program:
    """Our branch with what the variant changes, or the branch that it names."""
    if variant.change is Change.BRANCH:
        return timeline.branches[variant.value].program
    ours = timeline.program
    if variant.change is Change.DESIGN:
        return ours.with_settings({DESIGN.key: variant.value})
    if variant.change is Change.KERNEL:
        return on_kernel(ours, variant.key)
    return throughout(ours, im.schema.setting_for(variant.key), variant.value)


def on_kernel(program: Program, kernel: str) -> Program:
    """The same run on a machine of another kernel version; what the scenario itself sets stays as it is."""
    # Not at the top: the window lists variants before any scenario is read.
    from engine.scenario.kernel import PRESETS
    from engine.scenario.machine import number_for

    changes = {
        key: number_for(im.schema.setting_for(key), value)
        for key, value in PRESETS[kernel].items() if key not in program.chosen
    }  # fmt: skip
    return replace(program.with_settings(changes), kernel=kernel)


def throughout(program: Program, setting: Setting, value: int) -> Program:
    """The same run with one setting at one value from its start to its end: nothing in it changes that setting."""
    changed = sets(program.ops, setting)
    if np.any(changed):
        program = program.with_ops(program.ops[~changed])
    for place, address in enumerate(im.SWAPFILE_SLOTS):
        if setting.address == address:
            file = program.swapfiles[place]
            file = replace(file, slots=value, bad=tuple(slot for slot in file.bad if slot <= value))
            swapfiles = (*program.swapfiles[:place], file, *program.swapfiles[place + 1 :])
            kept = {key: number for key, number in program.settings.items() if key != setting.key}
            return replace(program, swapfiles=swapfiles, settings=kept)
    return program.with_settings({setting.key: value})


def sets(ops: Ops, setting: Setting) -> NDArray[np.bool_]:
    """Which operations change a setting, shape (n,)."""
    found: NDArray[np.bool_] = (ops & KIND_MASK) == int(Op.SET)
    found &= (ops >> COUNT_SHIFT & COUNT_MASK) == setting.number
    return found


def can_vary(program: Program, setting: Setting) -> bool:
    """Whether a run can be compared with itself under another value of a setting."""
    low, high = program.limits(setting.key)
    return low < high and setting is not DESIGN


def values_of(program: Program, setting: Setting) -> tuple[int, int]:
    """The least and greatest value that :func:`throughout` may be given."""
    low, high = program.limits(setting.key)
    if setting is POLICY and not len(program.decisions):
        high -= 1  # the last choice follows decisions that were made before, and this run has none
    return low, high


def value_in(program: Program, setting: Setting) -> int:
    """The value a setting has at the start of a run."""
    for place, address in enumerate(im.SWAPFILE_SLOTS):
        if setting.address == address and place < len(program.swapfiles):
            return program.settings.get(setting.key, program.swapfiles[place].slots)
    return program.setting(setting.key)


# -- in a replay file ----------------------------------------------------------------------------


def as_values(variant: Variant) -> list[str | int]:
    """A variant as plain values: ``["design", number, ""]``."""
    return [str(variant.change), variant.value, variant.key]


def from_values(values: object, branches: int) -> Variant:
    """A variant from what :func:`as_values` made of it, in a run with so many branches besides the scenario's own.

    Raises ValueError for anything else, and for a design, kernel, setting, value or branch that there is not.
    """
    if not isinstance(values, list) or len(values) != 3 or values[0] not in list(Change):
        raise ValueError(f"{values!r} is nothing to compare with")
    change, value, key = Change(values[0]), values[1], values[2]
    if not isinstance(value, int) or isinstance(value, bool) or not isinstance(key, str):
        raise ValueError(f"{values!r} is nothing to compare with")
    if change is Change.KERNEL:
        from engine.scenario.kernel import PRESETS

        there = key in PRESETS
    elif change is Change.BRANCH:
        there = 0 <= value <= branches
    else:
        key_of_setting = DESIGN.key if change is Change.DESIGN else key
        setting = next((one for one in im.schema.settings if one.key == key_of_setting), None)
        there = setting is not None and setting.low <= value <= setting.high
        if setting is not None and there and setting.choices:
            there = setting.choices[value] != "own"  # its answers are not kept
    if not there:
        raise ValueError(f"there is no {change} {key or value} to compare with")
    return Variant(change, value, key)
