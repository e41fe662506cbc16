import pathlib
import sys

feedback = pathlib.Path(sys.argv[3])
state = feedback / "state.txt"
expected = (int(state.read_text()) if state.exists() else int(open(sys.argv[1]).read())) + 1
words = sys.stdin.read().split()
if words != [str(expected)]:
    (feedback / "judgemessage.txt").write_text(f"expected {expected}, got {words[:3]}")
    sys.exit(43)
state.write_text(str(expected))
if expected < 3:
    (feedback / "nextpass.in").write_text(f"{expected}\n")
sys.exit(42)
