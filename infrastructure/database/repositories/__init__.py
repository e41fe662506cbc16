"""Repositories of every module, and the models that hold their rows."""
