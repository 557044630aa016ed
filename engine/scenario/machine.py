"""``[machine]`` of a scenario: made from the settings that the image declares, so that both always agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, create_model

from engine.mm.image import schema
from engine.mm.schema import Setting
from engine.phrase import phrase
from engine.scenario.kernel import DEFAULT_KERNEL, PRESETS
from engine.scenario.part import Name, Part

MAX_SWAPFILES = sum(setting.key.startswith("machine.swapfile.") for setting in schema.settings)
MAX_SLOTS = (1 << 31) - 2
SettingValue = int | bool | str


class Swapfile(Part):
    """One ``[[machine.swapfile]]``."""

    name: Name | None = Field(
        None, description="Its name; swap0, swap1 … when not given"
    )
    slots: int = Field(ge=1, le=MAX_SLOTS, description="Pages it has room for; the header is not counted")
    device: Literal["nvme", "ssd", "hdd"] = Field(
        "nvme", description="What it lies on, which decides how long I/O takes"
    )
    priority: int = Field(-2, ge=-32768, le=32767, description="Files of higher priority are filled first")
    bad: list[int] = Field([], description="Slots that cannot be used, 1 to slots")
    active: bool = Field(True, description='false: only used after a run with op = "swapon"')


def is_switch(setting: Setting) -> bool:
    """Whether a setting is written ``true`` or ``false``."""
    return not setting.choices and (setting.low, setting.high) == (0, 1)


def read_value(setting: Setting, value: int) -> SettingValue:
    """The image's number for a setting as a scenario file writes it."""
    if setting.choices:
        return setting.choices[value]
    return bool(value) if is_switch(setting) else value


def number_for(setting: Setting, value: SettingValue) -> int:
    """The image's number for a value as a scenario file writes it; ValueError says what would be allowed."""
    if setting.choices:
        if value in setting.choices:
            return setting.choices.index(str(value))
    elif is_switch(setting):
        if isinstance(value, bool):
            return int(value)
    elif isinstance(value, int) and not isinstance(value, bool) and setting.low <= value <= setting.high:
        return value
    raise ValueError(allowed_values(setting))


def allowed_values(setting: Setting) -> str:
    """What may stand after a setting's key, in words."""
    if setting.choices:
        return phrase("one of {names}", names=", ".join(setting.choices))
    if is_switch(setting):
        return phrase("true or false")
    number = phrase("a whole number")
    return phrase("{number} from {low} to {high}", number=number, low=setting.low, high=setting.high)


def _declare(setting: Setting) -> Any:
    """Type and field of one setting, as ``create_model`` wants them."""
    about = setting.meaning + (f" ({setting.unit})" if setting.unit else "")
    if setting.kernel:
        about += f". Kernel: {setting.kernel}"
    default = read_value(setting, setting.default)
    if setting.choices:
        return Literal[setting.choices], Field(default, description=about)
    if is_switch(setting):
        return bool, Field(default, description=about)
    return int, Field(default, ge=setting.low, le=setting.high, description=about)


def _tables() -> dict[str, dict[str, Any]]:
    """The fields of each table of settings by the table's dotted key."""
    tables: dict[str, dict[str, Any]] = {"machine": {}}
    for setting in schema.settings:
        table, _, key = setting.key.rpartition(".")
        if not table.startswith("machine.swapfile"):
            tables.setdefault(table, {})[key] = _declare(setting)
    return tables


def _make_machine() -> type[Part]:
    tables = _tables()
    fields = tables.pop("machine")
    fields["kernel"] = (
        Literal[tuple(PRESETS)],
        Field(DEFAULT_KERNEL, description="Version of Linux whose behaviour is the default for what is not set here"),
    )
    # Which algorithm it is decides nothing yet, as all lengths are LZ4's; the key is part of the format.
    tables.setdefault("machine.zswap", {})["compressor"] = (
        Literal["lz4"], Field("lz4", description="What compresses pages"),
    )  # fmt: skip
    for table, inner in tables.items():
        key = table.removeprefix("machine.")
        model = create_model(key, __base__=Part, __doc__=f"``[{table}]``.", **inner)
        fields[key] = (model, Field(default_factory=model))
    fields["swapfile"] = (
        list[Swapfile],
        Field([], max_length=MAX_SWAPFILES, description="Swapfiles; none at all is fine: zswap alone"),
    )
    return create_model("Machine", __base__=Part, __doc__="``[machine]``: the settings of the machine.", **fields)


if TYPE_CHECKING:

    class Machine(Part):
        """``[machine]``: a field for every setting of the image, and these."""

        kernel: str = DEFAULT_KERNEL
        design: str = "legacy"
        frames: int = 0
        swapfile: list[Swapfile] = []
else:
    Machine = _make_machine()


def settings_of(machine: Machine) -> dict[str, int]:
    """The settings that differ from the image's defaults, by dotted key: the preset's, then the file's own."""
    values: dict[str, int] = {}
    preset = PRESETS[machine.kernel]
    for setting in schema.settings:
        value = _own_value(machine, setting.key)
        if value is None:
            value = preset.get(setting.key)
        if value is not None and (number := number_for(setting, value)) != setting.default:
            values[setting.key] = number
    return values


def chosen_in(machine: Machine) -> frozenset[str]:
    """Keys of the settings that the file itself sets."""
    return frozenset(setting.key for setting in schema.settings if _own_value(machine, setting.key) is not None)


def _own_value(machine: Machine, key: str) -> SettingValue | None:
    """What the file itself says for a key; None when it says nothing."""
    part: Any = machine
    for name in key.split(".")[1:]:
        if not isinstance(part, Part) or name not in part.model_fields_set:
            return None
        part = getattr(part, name)
    value: SettingValue = part
    return value


def swapfile_names(machine: Machine) -> list[str]:
    """The name of each swapfile, as given or by its place."""
    return [swapfile.name or f"swap{place}" for place, swapfile in enumerate(machine.swapfile)]
