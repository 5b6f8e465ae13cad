"""Capability packages: weight deltas in one file that says, proves and limits what it is."""
