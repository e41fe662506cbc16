// An interactor without testlib.h: argv is input, output; the checker judges how many guesses output tells of.
#include <cstdio>
#include <fstream>
int main(int argc, char **argv) {
    if (argc < 3) return 3;
    std::ifstream input(argv[1]);
    std::ofstream output(argv[2]);
    int secret, guess, guesses = 0;
    if (!(input >> secret)) return 3;
    while (std::scanf("%d", &guess) == 1) {
        guesses++;
        std::puts(guess == secret ? "equal" : guess < secret ? "more" : "less");
        std::fflush(stdout);
        if (guess == secret) {
            output << guesses << "\n";
            return 0;
        }
    }
    std::fprintf(stderr, "wrong answer: gave up after %d guesses\n", guesses);
    return 1;
}
