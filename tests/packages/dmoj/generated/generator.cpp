// The input on stdout, the answer on stderr.
#include <cstdio>
#include <cstdlib>
int main(int, char **argv) {
    int n = std::atoi(argv[1]);
    std::printf("%d\n", n);
    for (int i = 1; i <= n; i++) std::fprintf(stderr, "%d\n", i);
}
