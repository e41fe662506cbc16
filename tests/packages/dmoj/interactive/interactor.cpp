#include <cstdio>
#include <fstream>
int main(int, char **argv) {
    std::ifstream input(argv[1]);
    int secret, guess;
    input >> secret;
    for (int guesses = 0; guesses < 7 && std::scanf("%d", &guess) == 1; guesses++) {
        std::puts(guess == secret ? "equal" : guess < secret ? "more" : "less");
        std::fflush(stdout);
        if (guess == secret) return 0;
    }
    return 1;
}
