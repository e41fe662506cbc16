import sys
sys.stdout.write("1\n")
d=int(sys.stdin.readline())
sys.stdout.write(str(1+d)+"\n")
