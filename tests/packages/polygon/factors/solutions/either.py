n = int(input())
print(next(f for f in range(2, n) if n % f == 0))
