import json
import random
import sys

with open("gen/constraints.json") as file:
    constraints = json.load(file)
random.seed(sys.argv[2])
print(sys.argv[1], random.randint(0, constraints["MAXA"]))
