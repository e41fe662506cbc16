#include "check.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

int main(int argc, char **argv) {
    if (argc != 6 || std::string(argv[4]) != "least") return 1;
    std::ifstream input(argv[1]);
    const std::string feedback = argv[3];
    long long n, said;
    input >> n;
    std::string extra;
    if (!(std::cin >> said) || (std::cin >> extra)) {
        std::ofstream(feedback + "judgemessage.txt") << "not one number\n";
        return WRONG;
    }
    if (said < std::atoll(argv[5]) || said >= n || n % said) {
        std::ofstream(feedback + "judgemessage.txt") << said << " is no proper divisor of " << n << "\n";
        std::ofstream(feedback + "teammessage.txt") << "try again\n";
        return WRONG;
    }
    return ACCEPTED;
}
