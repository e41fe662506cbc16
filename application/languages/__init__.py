"""Languages: what is offered, and how a submission becomes a program."""
