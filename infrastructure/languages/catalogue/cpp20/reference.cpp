#include <algorithm>
#include <concepts>
#include <iostream>
#include <string>
#include <vector>

template <std::integral Number>
Number sum(const std::vector<Number>& values) {
    Number total = 0;
    std::ranges::for_each(values, [&total](Number value) { total += value; });
    return total;
}

int main() {
    std::size_t n = 0;
    std::cin >> n;
    std::vector<long long> values(n);
    for (auto& value : values) std::cin >> value;
    std::string line;
    std::getline(std::cin >> std::ws, line);
    std::cout << sum(values) << '\n' << line << '\n';
}
