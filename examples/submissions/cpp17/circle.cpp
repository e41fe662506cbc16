#include <cmath>
#include <iomanip>
#include <iostream>

int main() {
    double radius;
    std::cin >> radius;
    std::cout << std::setprecision(12) << std::acos(-1.0) * radius * radius << '\n';
}
