import sys

n = int(sys.stdin.readline())
print(sum(int(value) for value in sys.stdin.readline().split()[:n]))
sys.stdout.write(sys.stdin.readline())
