"""``demo``: the whole service in a throw-away directory, and a client of it over HTTP."""
