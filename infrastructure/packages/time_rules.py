"""The margin of formats that know none."""

from domain.problems.material import TimeRule

OF_ANOTHER_MACHINE = TimeRule(margin=1.5)
"""Polygon, DMOJ and CMS state limits that were measured on machines of their own: a solution that is right but for
half as much time again is taken, as too close.
"""
