n = int(input())
print(n / 2 if n > 0 else -n / 2)
