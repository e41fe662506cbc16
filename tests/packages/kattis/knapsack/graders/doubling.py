import sys

total, verdict = 0.0, "AC"
for line in sys.stdin:
    word, score = line.split()
    if word != "AC":
        verdict = word
    total += float(score) * (1 if float(score) % 10 == 0 else 2)
print(verdict, total)
