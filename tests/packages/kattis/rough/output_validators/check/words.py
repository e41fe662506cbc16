def words(file):
    return file.read().split()
