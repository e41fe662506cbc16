# @check-accepted: examples
# @check-partial-score: N<=10 nolimit
a, b = map(int, input().split())
print(a + b if a != 10 else -1)
