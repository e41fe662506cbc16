print(1)
d=int(input())
print(1+d)
