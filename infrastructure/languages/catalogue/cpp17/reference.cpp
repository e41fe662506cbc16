#include <iostream>
#include <numeric>
#include <string>
#include <vector>

int main() {
    std::size_t n = 0;
    std::cin >> n;
    std::vector<long long> values(n);
    for (auto& value : values) std::cin >> value;
    if (std::string line; std::getline(std::cin >> std::ws, line)) {
        std::cout << std::accumulate(values.begin(), values.end(), 0LL) << '\n' << line << '\n';
    }
}
