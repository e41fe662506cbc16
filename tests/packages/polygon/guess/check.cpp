// Speaks testlib's exit codes by itself: argv is input, output, answer; 0 ok, 1 wrong, 2 presentation error.
#include <fstream>
int main(int argc, char **argv) {
    if (argc < 4) return 3;
    std::ifstream output(argv[2]), answer(argv[3]);
    int guesses, most;
    if (!(answer >> most)) return 3;
    if (!(output >> guesses)) return 2;
    return guesses <= most ? 0 : 1;
}
