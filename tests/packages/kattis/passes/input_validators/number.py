import re, sys

assert re.fullmatch(r"[0-3]\n", sys.stdin.readline())
assert not sys.stdin.readline()
sys.exit(42)
