import re
import sys

first = sys.stdin.readline()
assert re.fullmatch(r"[1-9]\d*\n", first)
second = sys.stdin.readline()
assert re.fullmatch(r"-?\d+( -?\d+)*\n", second)
assert len(second.split()) == int(first) <= 1000
assert not sys.stdin.readline()
sys.exit(42)
