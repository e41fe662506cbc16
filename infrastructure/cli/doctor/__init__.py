"""``./proba doctor``: everything that the service needs of its machine, on or off, why, and what mends it.

Facts are read first (``host_facts``, ``kernel_probe``); what they mean and what cures them are pure functions of these
values, so that machines which we do not have can be tried by writing down what they would say.
"""
