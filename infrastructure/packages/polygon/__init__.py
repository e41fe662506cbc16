"""Packages of the Polygon system: ``problem.xml``, and all that it names.

There is no specification: known from packages, from importers of other judges, and from testlib.h, whose programs they
hold. Standard packages leave out generated tests and answers: both are then described, and made in the sandbox.
"""
