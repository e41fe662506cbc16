// Speaks testlib's exit codes by itself: argv is input, output, answer; 0 ok, 1 wrong, 2 presentation error.
#include <cstdio>
#include <fstream>
int main(int argc, char **argv) {
    if (argc < 4) return 3;
    std::ifstream input(argv[1]), output(argv[2]), answer(argv[3]);
    long long n, factor, right;
    if (!(input >> n) || !(answer >> right) || n % right) return 3;
    if (!(output >> factor)) {
        std::fprintf(stderr, "wrong output format: no number\n");
        return 2;
    }
    if (factor <= 1 || factor >= n || n % factor) {
        std::fprintf(stderr, "wrong answer: %lld is no factor\n", factor);
        return 1;
    }
    std::fprintf(stderr, "ok\n");
    return 0;
}
