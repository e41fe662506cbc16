"""Registered workers."""
