// A fixed amount of work; how long it takes is the machine's affair. usage: work arithmetic|memory AMOUNT
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 4 << 20 }; // 32 MiB: more than a core's own caches

static uint64_t arithmetic(uint64_t amount) {
    uint64_t x = 88172645463325252u;
    for (uint64_t i = 0; i < amount; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    return x;
}

// Each step reads where the last one has pointed to, so nothing can be fetched ahead.
static uint64_t memory(uint64_t amount) {
    static uint64_t words[WORDS];
    for (uint64_t i = 0; i < WORDS; i++) words[i] = (i * 2654435761u + 12345) % WORDS;
    uint64_t at = 1;
    for (uint64_t i = 0; i < amount; i++) at = words[at] ^ (i & 1);
    return at;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    uint64_t amount = strtoull(arguments[2], NULL, 10);
    volatile uint64_t end = !strcmp(arguments[1], "memory") ? memory(amount) : arithmetic(amount);
    (void)end;
    return 0;
}
