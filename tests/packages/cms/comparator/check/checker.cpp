// Arguments: input, right output, output; the share on stdout, the message on stderr.
#include <fstream>
#include <iostream>
int main(int, char **argv) {
    std::ifstream input(argv[1]), output(argv[3]);
    int n, factor = 0;
    input >> n;
    output >> factor;
    bool half = factor == 1, right = factor > 1 && factor < n && n % factor == 0;
    std::cout << (right ? "1.0" : half ? "0.5" : "0.0") << std::endl;
    std::cerr << (right ? "translate:success" : half ? "translate:partial" : "translate:wrong") << std::endl;
}
