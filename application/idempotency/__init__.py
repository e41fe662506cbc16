"""Requests that may be sent twice and take effect once (the ``Idempotency-Key`` header).

Theory of operation. Before anything else, a request with such a key stores a claim: key, fingerprint of the request, a
token and a lease. What creates something gives its reply to the ``ReplyKeeper`` before its commit, so that the reply is
stored in the transaction that creates, fenced by the token: both are there, or neither. Whoever sends the same again is
answered from what is stored. A refusal stores nothing and drops the claim; the claim of a process that died runs out,
and its token with it: what it might still write is refused.
"""
