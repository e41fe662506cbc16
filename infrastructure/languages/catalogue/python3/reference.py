n = int(input())
print(sum(int(value) for value in input().split()[:n]))
print(input())
