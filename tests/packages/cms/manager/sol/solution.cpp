#include <iostream>
#include <string>
int main() {
    int low = 1, high = 100;
    std::string said;
    while (low <= high) {
        int middle = (low + high) / 2;
        std::cout << middle << std::endl;
        std::cin >> said;
        if (said == "equal") return 0;
        if (said == "more") low = middle + 1;
        else high = middle - 1;
    }
}
