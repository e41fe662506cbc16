import re, sys

line = sys.stdin.readline()
assert re.fullmatch(r"[1-9]\d{0,8}\n", line)
assert not sys.stdin.readline()
sys.exit(42)
