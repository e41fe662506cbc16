#include <cstdio>
#include <algorithm>
int main() {
    int n;
    long long best = -4000000000LL, x;
    std::scanf("%d", &n);
    for (int i = 0; i < n; i++) {
        std::scanf("%lld", &x);
        best = std::max(best, x);
    }
    std::printf("%lld\n", best);
}
