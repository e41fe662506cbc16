#include <stdio.h>
#include <string.h>

_Static_assert(__STDC_VERSION__ >= 201710L, "compiled as C17");

int main(void) {
    int n;
    long long sum = 0, value;
    char line[4096];
    if (scanf("%d", &n) != 1) return 1;
    for (int i = 0; i < n && scanf("%lld%*c", &value) == 1; i++) sum += value;
    if (fgets(line, sizeof line, stdin) == NULL) return 1;
    line[strcspn(line, "\n")] = '\0';
    printf("%lld\n%s\n", sum, line);
    return 0;
}
