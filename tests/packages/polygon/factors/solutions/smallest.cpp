#include <cstdio>
int main() {
    int n, f = 2;
    std::scanf("%d", &n);
    while (n % f) f++;
    std::printf("%d\n", f);
}
