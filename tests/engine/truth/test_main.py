"""The model beside the kernel, as the command prints it."""

from __future__ import annotations

import pytest

from engine.truth.__main__ import main

STRIDE = "every other page, then the others"


def test_a_case_is_a_table_with_what_is_off_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fork_write, no"]) == 0
    said = capsys.readouterr().out
    assert "### fork_write, no zswap" in said
    assert "| end | `pswpout` | 9643 |" in said
    assert said.endswith("All figures hold.\n")


def test_in_brief_walks_are_added_up(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--brief", "loop"])
    assert "figures of walks above 100" in capsys.readouterr().out


def test_a_rule_left_out_shows_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--brief", STRIDE])
    assert f"| {STRIDE} | 4 of 4 runs, the model too |" in capsys.readouterr().out
    main(["--brief", STRIDE, "--without", "machine.pageout_mapped_only"])
    assert f"| {STRIDE} | 4 of 4 runs, the model not |" in capsys.readouterr().out


def test_a_setting_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--without", "machine.frame"])
    assert ended.value.code == 2
    assert "machine.frame" in capsys.readouterr().err
