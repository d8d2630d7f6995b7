"""Drawings of models and of plots: what is recorded of them, where it is laid out, how it is drawn."""
