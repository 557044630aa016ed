"""Where the scenarios and the assets are: beside the packages in a checkout, inside them in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "_share"
"""Where pyproject.toml's ``sources`` put both folders when a wheel is built."""


def _folder(name: str) -> Path:
    """The folder ``name`` of this installation, or FileNotFoundError saying where it was looked for."""
    root = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent
    found = root / name
    if not found.is_dir():
        raise FileNotFoundError(f"this installation of Swapscope is not complete: the folder {found} is missing")
    return found


def scenarios_dir() -> Path:
    """The folder of the scenarios that come with Swapscope (``*.toml``, and ``traces/`` below it)."""
    return _folder("scenarios")


def assets_dir() -> Path:
    """The folder of the assets that come with Swapscope: icons and captured page images."""
    return _folder("assets")
