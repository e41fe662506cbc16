#include <list>
#include <vector>

int main() {
    std::list<std::vector<int>> blocks;
    while (true) blocks.emplace_back(1 << 18, 1);
}
