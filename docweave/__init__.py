"""Weaves tested code cells and prose into documentation pages in many languages."""
