"""Studies: what takes many runs to find out, such as how fast this is beside its peers."""
