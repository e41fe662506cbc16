#include <stdio.h>

int main(void) {
    int n;
    long long sum = 0, value;
    char line[4096];
    if (scanf("%d", &n) != 1) return 1;
    for (int i = 0; i < n && scanf("%lld", &value) == 1; i++) sum += value;
    if (scanf(" %4095[^\n]", line) != 1) return 1;
    printf("%lld\n%s\n", sum, line);
    return 0;
}
