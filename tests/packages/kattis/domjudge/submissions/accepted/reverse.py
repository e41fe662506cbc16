# @EXPECTED_RESULTS@: CORRECT
print(input()[::-1])
