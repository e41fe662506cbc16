"""The Kattis/ICPC problem package format: legacy, 2023-07 (draft) and 2025-09, and what DOMjudge adds to it.

Source: https://github.com/Kattis/problem-package-format (spec/legacy.md, spec/2023-07-draft.md, spec/2025-09.md).
"""
