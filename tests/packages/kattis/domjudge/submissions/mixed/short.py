# @EXPECTED_RESULTS@: WRONG-ANSWER, RUN-ERROR
word = input()
print(word[2] + word[1] + word[0])
