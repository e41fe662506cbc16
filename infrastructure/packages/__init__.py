"""Problem packages: unpacking, and one reader a format. All of it runs in a limited process."""
