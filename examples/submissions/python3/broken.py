print("a bracket is missing"
