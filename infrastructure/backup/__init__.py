"""One file with everything: the database's tables and the blobs that they name."""
