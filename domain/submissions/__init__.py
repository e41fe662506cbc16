"""Submissions, their test jobs, and how a verdict is made."""
