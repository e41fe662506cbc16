import re, sys

line = sys.stdin.readline()
assert re.fullmatch(r"[1-9]\d{0,2}\n", line) and int(line) <= 100
assert not sys.stdin.readline()
sys.exit(42)
