// Stands in for libFuzzer where there is none: gives the harness every file that is named, and ends with 0.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int count, char **names) {
    static uint8_t content[1 << 20];
    for (int i = 1; i < count; i++) {
        FILE *file = fopen(names[i], "rb");
        if (!file) return perror(names[i]), 2;
        size_t size = fread(content, 1, sizeof content, file);
        fclose(file);
        fprintf(stderr, "%s\n", names[i]); // so that a report is preceded by its cause
        uint8_t *data = malloc(size ? size : 1); // exactly as large, so that a step beyond is seen
        if (!data) return 2;
        for (size_t j = 0; j < size; j++) data[j] = content[j];
        LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    return printf("%d inputs\n", count - 1) < 0;
}
