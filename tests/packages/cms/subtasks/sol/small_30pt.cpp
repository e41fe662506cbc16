#include <iostream>
int main() {
    int n;
    std::cin >> n;
    std::cout << (int)((unsigned)n * n) << std::endl;
}
