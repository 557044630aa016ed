"""The scenarios that come with Swapscope, found by name."""

from __future__ import annotations

from pathlib import Path

from engine.errors import InputError, Problem, nearest
from engine.resources import scenarios_dir


def shipped() -> list[Path]:
    """The files of the scenarios that come with Swapscope, in order."""
    try:
        return sorted(scenarios_dir().glob("*.toml"))
    except FileNotFoundError as error:
        raise InputError(Problem(str(error))) from None


def find_scenario(name: str) -> Path:
    """The file that ``name`` means: a path, or a shipped scenario's name with or without its number and suffix.

    Raises InputError with the nearest name.
    """
    path = Path(name)
    if name and path.exists():
        return path
    files = shipped()
    for file in files:
        if name in (file.name, file.stem, file.stem.partition("-")[2], file.stem.partition("-")[0]):
            return file
    stems = [file.stem for file in files]
    plain = {file.stem.partition("-")[2]: file.stem for file in files}
    near = nearest(path.stem, [*stems, *plain])
    near = plain.get(near, near) if near else None
    raise InputError(Problem("there is no such file and no scenario of this name", name, nearest=near))
