"""Run cells, and compare their outputs."""
