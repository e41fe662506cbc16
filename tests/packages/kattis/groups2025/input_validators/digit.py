import re, sys

assert re.fullmatch(r"[1-9]\n", sys.stdin.readline())
assert not sys.stdin.readline()
sys.exit(42)
