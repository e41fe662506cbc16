n = int(input())
numbers = list(map(int, input().split()))
if n == 1:
    raise SystemExit(3)
print(sum(numbers) / n)
