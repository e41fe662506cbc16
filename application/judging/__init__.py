"""The judging engine: from sources and a revision to results, on whichever slot; it stores nothing."""
