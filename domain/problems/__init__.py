"""Problems: immutable revisions of limits, tests, checker and scoring."""
