"""One execution of one program: what it may use and how it ended."""
