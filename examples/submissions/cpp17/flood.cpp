#include <iostream>

int main() {
    while (true) std::cout << "all work and no play\n";
}
