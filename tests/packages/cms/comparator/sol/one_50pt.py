open('output.txt', 'w').write('1')
