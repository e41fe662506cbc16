print("no" if int(input()) else "yes")
