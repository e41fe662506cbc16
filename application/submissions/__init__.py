"""Submitting, judging and showing submissions."""
