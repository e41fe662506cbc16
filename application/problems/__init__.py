"""Problems: written by hand or read from packages."""
