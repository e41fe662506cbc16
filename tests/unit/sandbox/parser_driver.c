// Reads length-prefixed messages and parses each as every kind, touching all that a parser hands out. Prints one line of
// verdicts for each: which kinds it is.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"

static unsigned long touched;

static void touch(const char *text) { touched += strlen(text); }

int main(void) {
    static struct run_request run;
    unsigned size;
    while (fread(&size, sizeof size, 1, stdin) == 1) {
        unsigned char *message = malloc(size ? size : 1); // exactly as large, so that a step beyond is seen
        if (fread(message, 1, size, stdin) != size) return 2;
        uint8_t type;
        struct config_request config;
        struct file_request file;
        uint32_t count;
        int header = parse_header(message, size, &type);
        int is_config = parse_config(message, size, &config), is_load = parse_load(message, size, &count);
        int is_run = parse_run(message, size, &run), is_file = parse_file(message, size, &file);
        if (is_config) {
            touch(config.name), touch(config.hostname), touch(config.memory_parent);
            for (int i = 0; i < config.bind_count; i++) touch(config.binds[i]);
        }
        if (is_run) {
            for (int i = 0; run.arguments[i]; i++) touch(run.arguments[i]);
            for (int i = 0; run.environment[i]; i++) touch(run.environment[i]);
            for (int i = 0; i < run.collect_count; i++) touch(run.collect[i]);
            if (run.flags & RUN_STDIN_INLINE)
                for (uint64_t i = 0; i < run.stdin_size; i++) touched += run.stdin_data[i];
        }
        if (is_file && !file.in_descriptor)
            for (uint64_t i = 0; i < file.size; i++) touched += file.data[i];
        printf("%d%d%d%d%d\n", header, is_config, is_load, is_run, is_file);
        free(message);
    }
    return touched == 1; // so that nothing is left out as unused
}
