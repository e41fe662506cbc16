print(int(input()) / 2 + 1e-7)
