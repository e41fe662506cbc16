import pathlib, sys

try:
    score = float(sys.stdin.read())
except ValueError:
    sys.exit(43)
if not 0 <= score <= 100:
    sys.exit(43)
(pathlib.Path(sys.argv[3]) / "score.txt").write_text(str(score))
sys.exit(42)
