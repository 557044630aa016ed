"""Flags of a folio."""

from __future__ import annotations

from engine.mm import pageflags


def test_every_flag_is_a_bit_of_its_own_and_has_a_name() -> None:
    flags = {name: value for name, value in vars(pageflags).items() if name.startswith("PG_")}
    assert len(set(flags.values())) == len(flags) == len(pageflags.NAMES)
    for value in flags.values():
        assert value.bit_count() == 1
    # A shmem page has no flag of its own in the kernel (folio_test_anon), so its name has no PG_.
    assert {name.lower() for name in flags} - {name.lower() for name in pageflags.NAMES.values()} == {"pg_shmem"}
