#include <iostream>
#include <string>
int main() {
    std::string said;
    for (int guess = 1; guess < 8 && said != "equal"; guess++) {
        std::cout << guess << std::endl;
        std::cin >> said;
    }
}
