import re, sys

most = int(sys.argv[1]) if len(sys.argv) > 1 else 10**10
line = sys.stdin.readline()
assert re.fullmatch(r"[1-9]\d*\n", line) and int(line) <= most
assert not sys.stdin.readline()
sys.exit(42)
