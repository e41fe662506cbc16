n = int(open('input.txt').read())
open('output.txt', 'w').write(str(next(f for f in range(2, n) if n % f == 0)))
