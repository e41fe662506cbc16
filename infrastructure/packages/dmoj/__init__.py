"""DMOJ's problems: ``init.yml``, its archive, and what public repositories keep beside it.

Source: https://docs.dmoj.ca (problem format) and the judge's own ``dmoj/problem.py``, ``dmoj/checkers``,
``dmoj/contrib`` and ``dmoj/testsuite.py``.
"""
