"""Plain functions and their compiled twins; where the machine code is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.mm import kernel
from engine.mm.journal import get
from engine.mm.kernel import cache_folder, entry_names


def test_only_what_is_called_from_outside_is_an_entry() -> None:
    assert entry_names() == {
        "copy_words", "follow", "mark_descriptors", "mark_pages", "mark_slot_names", "mark_slots", "move", "pack_spans",
        "run", "run_unrecorded", "swap_back", "swap_forward", "unpack_spans", "walk_list",
    }  # fmt: skip


def test_a_registered_function_stays_what_it_is() -> None:
    words = [0] * 100
    words[0] = 50
    words[50 + 3 * 4 + 2] = 77
    assert get(words, 0 << 16 | 4 << 8 | 2, 3) == 77


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SWAPSCOPE_CACHE_DIR", str(tmp_path))
    folder = cache_folder()
    assert folder.parent == tmp_path / "kernels"
    assert folder == cache_folder()
    assert not folder.exists()


def test_without_the_variable_it_is_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SWAPSCOPE_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(kernel.sys, "platform", "linux")
    assert cache_folder().is_relative_to(tmp_path / "swapscope")


def test_a_form_for_the_compiler_leaves_the_plain_function_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "_BETTER", {})

    def plain() -> int:
        return 1

    def better() -> int:
        return 2

    assert kernel.machine_code_of(plain)(better) is better
    assert (plain(), kernel._BETTER) == (1, {plain: better})
