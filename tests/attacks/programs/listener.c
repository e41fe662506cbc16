// The interactor that is attacked: it keeps an answer, repeats on stderr what it is told, and says 43.
#include "attack.h"

int main(void) {
    static char told[1 << 16];
    size_t size = fread(told, 1, sizeof told, stdin);
    fwrite(told, 1, size, stderr);
    FILE *answer = fopen("answer", "r"), *verdict = fopen("feedback/verdict", "w");
    char line[64] = "";
    if (!answer || !verdict || !fgets(line, sizeof line, answer) || strcmp(line, "the answer\n")) return 1;
    fputs("WA", verdict);
    fclose(verdict);
    return 43;
}
