// shares beyond 0 and 1 are what some authors print
#include <fstream>
#include <iostream>

int main(int, char** argv) {
    std::ifstream answer(argv[2]), output(argv[3]);
    long expected = 0, found = 0;
    answer >> expected;
    output >> found;
    std::cout << (found == expected ? "1.5" : found < 0 ? "0.5" : "-1") << std::endl;
    std::cerr << "translate:success" << std::endl;
}
