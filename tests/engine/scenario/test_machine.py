"""``[machine]`` and the image's settings are the same thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.mm.image import schema
from engine.scenario import Scenario
from engine.scenario.kernel import DEFAULT_KERNEL, PRESETS
from engine.scenario.machine import (
    MAX_SWAPFILES,
    Machine,
    Swapfile,
    allowed_values,
    number_for,
    read_value,
    settings_of,
    swapfile_names,
)  # fmt: skip

Read = Callable[..., Scenario]
NOT_SETTINGS = {"machine.kernel", "machine.zswap.compressor", "machine.swapfile"}
"""Keys of [machine] that stand for something else than one setting."""


def keys_of(model: Any, prefix: str) -> set[str]:
    """Every dotted key of a model."""
    keys = set()
    for name, field in model.model_fields.items():
        inner = field.annotation
        key = f"{prefix}.{name}"
        keys |= keys_of(inner, key) if hasattr(inner, "model_fields") else {key}
    return keys


def test_every_setting_is_a_key_and_every_key_a_setting() -> None:
    settings = {setting.key for setting in schema.settings if not setting.key.startswith("machine.swapfile.")}
    assert keys_of(Machine, "machine") - NOT_SETTINGS == settings
    assert keys_of(Machine, "machine") >= NOT_SETTINGS


def test_as_many_swapfiles_as_the_image_has_settings_for() -> None:
    assert MAX_SWAPFILES == len([s for s in schema.settings if s.key.endswith(".slots")]) == 8


@pytest.mark.parametrize("setting", schema.settings, ids=lambda setting: setting.key)
def test_every_value_is_read_as_it_is_written(setting: Any) -> None:
    for number in {setting.low, setting.default, setting.high}:
        if setting.low <= number <= setting.high:
            assert number_for(setting, read_value(setting, number)) == number
    for wrong in (setting.high + 1, setting.low - 1, "no such thing", 1.5):
        with pytest.raises(ValueError) as caught:
            number_for(setting, wrong)
        assert str(caught.value) == allowed_values(setting)


def test_the_image_defaults_are_those_of_the_default_kernel() -> None:
    for key, value in PRESETS[DEFAULT_KERNEL].items():
        assert read_value(schema.setting_for(key), schema.setting_for(key).default) == value
    assert settings_of(Machine()) == {}


@pytest.mark.parametrize("kernel", PRESETS)
def test_a_preset_names_settings_that_exist_with_values_that_are_possible(kernel: str) -> None:
    assert set(PRESETS[kernel]) == set(PRESETS[DEFAULT_KERNEL])
    for key, value in PRESETS[kernel].items():
        number_for(schema.setting_for(key), value)


def test_a_preset_yields_to_what_the_file_says(right: str, read: Read) -> None:
    old = read(right, "machine.kernel=6.2").build()
    assert old.setting("machine.zswap.allocator") == 1
    assert old.setting("machine.zswap.same_filled") == 1
    assert old.setting("machine.zswap.exclusive_loads") == 0
    sets = ("machine.kernel=6.2", "machine.zswap.allocator=zsmalloc", "machine.zswap.same_filled=false")
    own = read(right, *sets).build()
    assert own.setting("machine.zswap.allocator") == 0
    assert own.setting("machine.zswap.same_filled") == 0
    assert own.setting("machine.zswap.exclusive_loads") == 0
    newest = read(right, "machine.kernel=mm").build()
    assert newest.setting("machine.zswap.shrink_rule") == 2
    assert newest.setting("machine.zswap.dropbehind") == 1


def test_swapfiles_have_names() -> None:
    machine = Machine.model_validate({"swapfile": [{"slots": 5}, {"name": "fast", "slots": 5}, {"slots": 5}]})
    assert swapfile_names(machine) == ["swap0", "fast", "swap2"]
    assert isinstance(machine.swapfile[0], Swapfile)
