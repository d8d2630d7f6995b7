"""Drawings of models and plots: recording, layout and SVG."""
