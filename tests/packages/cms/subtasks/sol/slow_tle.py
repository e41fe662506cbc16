# @check-accepted: 1
# @check-time-limit-exceeded: 2
n = int(input())
while n == 100000:
    pass
print(n * n)
