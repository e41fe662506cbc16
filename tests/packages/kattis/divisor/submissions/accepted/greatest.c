#include <stdio.h>

int main(void) {
    long n, d;
    if (scanf("%ld", &n) != 1) return 1;
    for (d = n - 1; n % d; d--) continue;
    printf("%ld\n", d);
    return 0;
}
