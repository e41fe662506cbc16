n = int(input())
print(next(n // f for f in range(2, n) if n % f == 0))
