"""Swapfiles as real files: what is written to a slot lies at its place, and comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.blocks import BLOCK_BYTES, BlockFiles
from engine.errors import InputError
from engine.resources import scenarios_dir
from engine.scenario import load_scenario
from engine.verify import Verifier


def program():
    return load_scenario(scenarios_dir() / "03-zswap-spills.toml").build()


def test_a_block_lies_at_its_slots_place(tmp_path: Path) -> None:
    with BlockFiles(tmp_path / "swap", program()) as blocks:
        blocks[7] = b"x" * BLOCK_BYTES
        assert blocks[7] == b"x" * BLOCK_BYTES
        assert list(blocks) == [7]
        with pytest.raises(KeyError):
            blocks[8]
        with pytest.raises(ValueError, match="4096"):
            blocks[9] = b"short"
    stored = blocks.paths[0].read_bytes()
    assert len(stored) == 257 * BLOCK_BYTES
    assert stored.index(b"x") == 7 * BLOCK_BYTES


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="file"):
        BlockFiles(tmp_path / "file", program())


def test_a_run_keeps_its_blocks_in_the_file(tmp_path: Path) -> None:
    with BlockFiles(tmp_path, program()) as blocks:
        verifier = Verifier(program(), compiled=False, files=blocks)
        counts = verifier.run()
        assert counts["written"] + counts["written back"] > 0
        slot = next(iter(blocks))
        on_disk = blocks.paths[0].read_bytes()[slot * BLOCK_BYTES :][:BLOCK_BYTES]
        assert on_disk == blocks[slot]
        assert any(on_disk)
