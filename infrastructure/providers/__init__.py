"""Who gets what: the only place, beside server and worker, where adapters meet."""
