print(101, flush=True)
input()
while True:
    pass
