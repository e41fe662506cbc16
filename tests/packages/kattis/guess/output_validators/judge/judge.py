import pathlib
import sys

secret = int(open(sys.argv[1]).read())
feedback = pathlib.Path(sys.argv[3])


def wrong(message):
    (feedback / "judgemessage.txt").write_text(message)
    sys.exit(43)


for _ in range(7):
    line = sys.stdin.readline()
    if not line.strip().isdigit():
        wrong(f"no guess: {line!r}")
    guess = int(line)
    if guess == secret:
        print("correct", flush=True)
        sys.exit(42)
    print("lower" if secret < guess else "higher", flush=True)
wrong("too many guesses")
