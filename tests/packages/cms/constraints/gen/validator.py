import json
import sys

with open("constraints.json") as file:
    constraints = json.load(file)
a, b = map(int, open(sys.argv[1]).read().split())
assert a <= {**constraints, **constraints["subtask"][int(sys.argv[2])]}["MAXN"]
assert b <= constraints["MAXA"]
