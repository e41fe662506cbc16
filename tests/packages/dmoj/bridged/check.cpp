// Speaks testlib's exit codes by itself: argv is input, output, answer; 0 ok, 1 wrong, 2 presentation error.
#include <fstream>
int main(int, char **argv) {
    std::ifstream input(argv[1]), output(argv[2]);
    int n, factor;
    if (!(input >> n)) return 3;
    if (!(output >> factor)) return 2;
    return factor > 1 && factor < n && n % factor == 0 ? 0 : 1;
}
