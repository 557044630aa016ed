"""``swapscope run --verify`` and ``--invariants``: the run once more, with its bytes, or looked at step by step."""

from __future__ import annotations

from pathlib import Path

from engine.cli.progress import PatientProgress
from engine.errors import InputError
from engine.program import Program


def verify(program: Program, folder: str | None, title: str) -> tuple[bool, str]:
    """Whether every byte came back as it went, and a line that says so; ``folder`` gets real block files."""
    from engine.blocks import BlockFiles
    from engine.content.codec import VerifyError
    from engine.verify import Verifier

    blocks = BlockFiles(Path(folder), program) if folder is not None else None
    try:
        verifier = Verifier(program, files=blocks)
        with PatientProgress(f"{title}: bytes") as progress:
            total = len(program.ops)

            def show(share: float) -> bool:
                progress(int(share * total), total)
                return True

            counts = verifier.run(show)
    except VerifyError as error:
        return False, f"Not the same bytes: {error}"
    except InputError:
        if blocks is not None:
            blocks.discard()
        raise
    finally:
        if blocks is not None:
            blocks.close()
    where = f" Blocks are in {', '.join(str(path) for path in blocks.paths)}." if blocks is not None else ""
    return True, f"{counts['compared']:,} pages came back byte for byte as they went.{where}".replace(",", "\u202f")


def invariants(program: Program, title: str) -> tuple[bool, str]:
    """Whether every invariant of the image held at every transition, and a line that says so."""
    from engine.invariants import NAMES, broken
    from engine.timeline import Timeline

    timeline = Timeline(program)
    with PatientProgress(f"{title}: invariants") as progress:
        while True:
            wrong = broken(timeline.view, program)
            if wrong:
                return False, f"Transition {timeline.cursor}: {wrong[0]}"
            progress(timeline.operation, timeline.operations)
            if not timeline.step(1):
                break
    return True, f"All {len(NAMES)} invariants held at all {timeline.cursor:,} transitions.".replace(",", "\u202f")
