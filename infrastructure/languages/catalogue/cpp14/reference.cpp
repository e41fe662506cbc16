#include <iostream>
#include <numeric>
#include <string>
#include <vector>

int main() {
    register std::size_t n = 0;  // a word that C++17 has dropped
    std::size_t count = 0;
    std::cin >> count;
    n = count;
    std::vector<long long> values(n);
    for (auto& value : values) std::cin >> value;
    std::string line;
    if (std::getline(std::cin >> std::ws, line)) {
        std::cout << std::accumulate(values.begin(), values.end(), 0LL) << '\n' << line << '\n';
    }
}
