#include <stdio.h>
__int64 data[2];
int main() {
    scanf("%I64d%I64d", &data[0], &data[1]);
    printf("%I64d\n", data[0] + data[1]);
}
