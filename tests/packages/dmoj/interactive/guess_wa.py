for guess in range(1, 8):
    print(guess, flush=True)
    if input() == 'equal':
        break
