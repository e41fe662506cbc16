import re, sys

assert re.fullmatch(r"\d+\n", sys.stdin.readline())
assert not sys.stdin.readline()
sys.exit(42)
