#include <iostream>
#include <string>

static_assert(__cplusplus > 202002L, "compiled as C++23");

int main() {
    auto n = 0uz;  // a C++23 literal
    std::cin >> n;
    long long sum = 0;
    for (auto i = 0uz; i < n; ++i) {
        long long value = 0;
        std::cin >> value;
        sum += value;
    }
    std::string line;
    std::getline(std::cin >> std::ws, line);
    std::cout << sum << '\n' << line << '\n';
}
