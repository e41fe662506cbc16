"""The command line: one mode a file. A mode imports what it needs when it runs, so that every start is quick."""
