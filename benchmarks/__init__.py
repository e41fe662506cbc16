"""Benchmarks: ratios against a bare run in the same interleaved pass, never absolute promises."""
