#include <stdio.h>
#include <string.h>
int main(void) {
    char line[102];
    if (!fgets(line, sizeof line, stdin) || !strchr(line, '\n') || getchar() != EOF) return 43;
    return line[strspn(line, "abcdefghijklmnopqrstuvwxyz ")] == '\n' ? 42 : 43;
}
