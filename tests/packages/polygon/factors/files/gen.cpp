#include <cstdio>
#include <cstdlib>
int main(int, char **argv) { std::printf("%d\n", std::atoi(argv[1]) * std::atoi(argv[2])); }
