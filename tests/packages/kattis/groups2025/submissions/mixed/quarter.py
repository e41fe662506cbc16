import sys

factor = sys.argv[1] if len(sys.argv) > 1 else open("factor.txt").read()
print(int(input()) * int(factor) + 0.25)
