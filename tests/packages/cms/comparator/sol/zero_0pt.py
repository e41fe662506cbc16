open('output.txt', 'w').write('0')
