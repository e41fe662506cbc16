"""Comparison of outputs with answers."""
