#include <stdio.h>

int add(int a, int b);

int main() {
    FILE *in = stdin, *out = stdout;
#ifdef EVAL
    in = fopen("input.txt", "r");
    out = fopen("output.txt", "w");
#endif
    int a, b;
    fscanf(in, "%d%d", &a, &b);
    fprintf(out, "%d\n", add(a, b));
    return 0;
}
