n = int(input())
print(next(f for f in range(n - 1, 1, -1) if n % f == 0))
