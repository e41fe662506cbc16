#include <iomanip>
#include <iostream>

int main() {
    int n;
    double sum = 0, x;
    std::cin >> n;
    while (std::cin >> x) sum += x;
    std::cout << std::scientific << std::setprecision(8) << sum / n << "\n";
}
