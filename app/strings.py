"""Finds every text of the window that can be translated, in the sources: for the catalogues and their tests."""

from __future__ import annotations

import argparse
import ast
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app import actions, series
from app.editor import commands, moment
from app.panels import chart_curves, compare, figures, pressure, transitions, transport
from app.shell import dialogs
from app.thread.player import Unit
from app.timeline import density, tips
from app.words import said
from app.words.language import NAMES, file_of, load
from app.words.offers import DESIGNS
from engine import resources
from engine.scenario import forms
from engine.shocks import REASONS, SHOCKS
from engine.trace.files import write_whole

Calls = dict[str, tuple[int, ...]]
_CALLS: Calls = {"tr": (0,), "translate": (1,), "_say": (0,), "phrase": (0,)}
"""Functions that translate, and which of their arguments are texts."""
_ENGINE_CALLS: Calls = {"phrase": (0,), "told_row": (0,), "_flag": (3, 4), "_unused": (3,), "_field": (4,),
                 "Column": (0, 2), "_of": (2,), "column": (1,)}  # fmt: skip
"""The same of the engine, which makes phrases (see :mod:`engine.phrase`)."""


def sources() -> list[str]:
    """All texts, sorted; those of the actions and menus first come from their declarations."""
    specs: tuple[actions.Spec[Any], ...] = (*actions.SPECS, *commands.COMMANDS)
    found = {text for spec in specs for text in (spec.text, spec.tip)}
    found |= {title for title, _ in (*actions.MENUS, *commands.MENUS)}
    for package, calls in ((Path(__file__).parent, _CALLS), (Path(resources.__file__).parent, _ENGINE_CALLS)):
        for file in sorted(package.rglob("*.py")):
            found |= _in_file(ast.parse(file.read_text(encoding="utf-8")), calls)
    return sorted((found | _declared() | set(said.declarations())) - {""})


def _declared() -> set[str]:
    """Texts that stand in tables and are translated when they are shown."""
    found = {unit.value for unit in Unit} | {name for _, name in density.DRAWN}
    found |= {title for _, title in transport.LANES} | {text for _, text in dialogs.TIMELINE_KEYS}
    found |= {text for text, _term in tips.LANES.values()}
    found |= {*transitions.HEADINGS, *transitions.ACTORS.values(), *transitions.LANES.values()}
    found |= {*pressure.FIRST.values(), *DESIGNS.values()}
    found |= {text for _, text in moment.MomentInput.WHATS}
    found |= {ready.title for ready in chart_curves.READY.values()} | {*series.TOLD}
    found |= {text for shock in SHOCKS for text in (shock.name, shock.tip)}
    found |= set(REASONS) | forms.texts()
    found |= {part for _name, text, _icon, tip in compare.VIEWS for part in (text, tip)} | {*compare.OUTCOMES.values()}
    return found | {text for figure in figures.FIGURES for text in (figure.name, figure.tip)}


def _in_file(tree: ast.Module, calls: Calls) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for place in calls.get(name, ()):
                if len(node.args) > place:
                    found |= _texts(node.args[place])
    return found


def _texts(node: ast.expr) -> set[str]:
    """The text, or both of ``a if … else b``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    return set()


def without_stale(texts: dict[str, str]) -> dict[str, str]:
    """A catalogue without the translations of texts that are not there any more."""
    wanted = set(sources())
    return {source: text for source, text in texts.items() if source in wanted}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what each language lacks, to be filled in, and what it has for nothing; --remove leaves that out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--remove", action="store_true", help="remove translations of texts that are gone")
    asked = parser.parse_args(arguments)
    for code in NAMES:
        texts = load(code)
        if not texts:
            continue
        kept = without_stale(texts)
        print(code, json.dumps({text: "" for text in sources() if text not in texts}, ensure_ascii=False, indent=1))
        print("stale:", json.dumps(sorted(set(texts) - set(kept)), ensure_ascii=False, indent=1))
        if asked.remove:
            write_whole(file_of(code), (json.dumps(kept, ensure_ascii=False, indent=0, sort_keys=True) + "\n").encode())


if __name__ == "__main__":
    main()
