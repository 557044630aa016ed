"""A complete swap engine: one machine's memory, page tables, zswap and swapfiles, one change at a time."""
