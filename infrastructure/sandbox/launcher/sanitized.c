// Only for a build with sanitizers: what they must not do here. The launcher leaves memory to its end, and its clones run
// on stacks that the sanitizer does not know.
const char *__asan_default_options(void);

const char *__asan_default_options(void) { return "detect_leaks=0:use_sigaltstack=0:detect_stack_use_after_return=0"; }
