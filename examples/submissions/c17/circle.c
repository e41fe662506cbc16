#include <stdio.h>

int main(void) {
    double radius;
    if (scanf("%lf", &radius) != 1) return 1;
    printf("%.8f\n", 3.14159265358979323846 * radius * radius);
    return 0;
}
