"""The model beside a real kernel: cases that Linux 6.18 went through, replayed.

:mod:`engine.truth.recorded` has the kernel's figures, :mod:`engine.truth.cases` makes the same
machine and the same references as a program, :mod:`engine.truth.compare` sets the two beside each
other. ``python -m engine.truth`` prints the comparison; ``docs/truth.md`` explains it.
"""
