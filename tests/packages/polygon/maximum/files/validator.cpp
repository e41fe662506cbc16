// A validator without testlib.h: 0 is valid, anything else is not.
#include <cstdio>
int main() {
    int n, read = 0;
    long long x;
    if (std::scanf("%d", &n) != 1 || n < 1 || n > 1000) return 3;
    while (std::scanf("%lld", &x) == 1) read++;
    return read == n ? 0 : 3;
}
