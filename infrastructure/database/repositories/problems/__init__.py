"""Stored problems, their revisions and package imports."""
