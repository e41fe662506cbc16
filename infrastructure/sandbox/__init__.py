"""The sandbox: one launcher process for each slot, and the client that asks it for runs. Standard library only."""
