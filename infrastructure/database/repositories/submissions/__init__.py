"""Stored submissions, and the queue of their test jobs."""
