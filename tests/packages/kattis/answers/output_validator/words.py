import sys

said = sys.stdin.read().split()
wanted = open(sys.argv[1]).read().split()
sys.exit(42 if set(wanted) <= set(said) else 43)
