"""Replies to requests that may be sent again."""
