# @check-wrong-answer: *
print(int(input()) * 2 + 1)
