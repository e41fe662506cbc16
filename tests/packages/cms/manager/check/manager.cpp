// The test on stdin; arguments: the pipe from the submission, the one to it; the share on stdout.
#include <cstdio>
int main(int, char **argv) {
    int secret, guess;
    if (std::scanf("%d", &secret) != 1) return 1;
    std::FILE *from = std::fopen(argv[1], "r"), *to = std::fopen(argv[2], "w");
    bool found = false;
    for (int guesses = 0; !found && guesses < 7 && std::fscanf(from, "%d", &guess) == 1; guesses++) {
        found = guess == secret;
        std::fputs(found ? "equal\n" : guess < secret ? "more\n" : "less\n", to);
        std::fflush(to);
    }
    std::puts(found ? "1.0" : "0.0");
    std::fputs(found ? "translate:success\n" : "translate:wrong\n", stderr);
}
