import a_library_that_nobody_has  # noqa: F401

print(2 * int(input()))
