#include <stdio.h>
int main(void) {
    double n;
    scanf("%lf", &n);
    printf("%.6f\n", n / 2);
}
