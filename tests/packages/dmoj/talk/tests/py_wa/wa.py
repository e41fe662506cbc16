import sys
for i in range(30):
    print(0)
    sys.stdout.flush()
    input()
print(1)
