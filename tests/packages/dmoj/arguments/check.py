import sys

option, text, answer, output = sys.argv[1:]
assert (option, text) == ("--to", "an answer")
sys.exit(sorted(open(answer).read().split()) != sorted(open(output).read().split()))
