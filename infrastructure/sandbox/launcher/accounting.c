// Theory of operation. Cpu time is the larger of two sums: what the group used, less what the spawner and init used in it,
// and what init collected from those it waited for (which misses descendants whose parents ignored their end; without a
// group, counter.c sees them). Memory is the group's peak; without a group, the largest process or the largest sum that was
// sampled. Nothing here rests on what a program says about itself.
#include "accounting.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "channel.h"
#include "counter.h"
#include "nameless.h"
#include "plainbox.h"
#include "surroundings.h"

enum { MILLISECOND = 1000000, SAMPLE_MIN = 2 * MILLISECOND, SAMPLE_MAX = 10 * MILLISECOND, START_MAX = 1000 * MILLISECOND };
static const uint64_t ENDING_MAX = 10000ull * MILLISECOND;
enum { UNTOLD = MILLISECOND }; // more than init itself uses until it tells how much that was: nobody is killed before the limit
enum { MEMORY_MIN = 64 * 1024, GROUP_STEPS = 1 << 20 };

static uint64_t smaller(uint64_t a, uint64_t b) { return a < b ? a : b; }
static uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }
static uint64_t less(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

static bool sampled(void) { return !cgroup_has_cpu() || !cgroup_has_memory(); }

void accounting_begin(struct accounting *a, const struct slot *slot, const struct run_request *request, uint64_t given) {
    memset(a, 0, sizeof *a);
    a->given = given;
    if (slot->cgroup) slot->cgroup->begin(request->memory, request->processes);
    if (sampled()) sampling_reset(given);
    a->watch_files = slot->plain && !(cgroup_has_memory() && plainbox_in_memory());
    if (a->watch_files) plainbox_watch();
    a->spawner_before_ns = spawner_cpu_ns();
    a->counter_before_ns = counter_ns();
    a->begun_ns = now_ns();
    a->wall_deadline = a->begun_ns + request->wall_limit_ns;
    a->next_cpu_look = a->begun_ns + request->cpu_kill_ns / (uint64_t)slot->cores;
    a->next_sample = sampled() || a->watch_files ? a->begun_ns + SAMPLE_MIN : UINT64_MAX;
}

uint64_t accounting_next_look(const struct accounting *a) {
    uint64_t due = smaller(a->wall_deadline, smaller(a->next_cpu_look, a->next_sample));
    return smaller(less(due, now_ns()), 3600ull * 1000000000u);
}

void accounting_passed(struct accounting *a, enum limit limit) {
    for (int i = 0; i < a->limit_count; i++)
        if (a->limits[i] == limit) return;
    if (limit != LIMIT_NONE) a->limits[a->limit_count++] = (uint8_t)limit;
}

// The program ended by itself while it was about to be killed: only what it used tells whether it passed the limit.
static void settle_time(struct accounting *a, enum limit limit, uint64_t used, uint64_t most, bool by_itself) {
    if (used > most) accounting_passed(a, limit);
    else if (by_itself) {
        uint8_t kept = 0;
        for (uint8_t i = 0; i < a->limit_count; i++)
            if (a->limits[i] != limit) a->limits[kept++] = a->limits[i];
        memset(a->limits + kept, LIMIT_NONE, sizeof a->limits - kept);
        a->limit_count = kept;
    }
}

// What is ours of the time that a group counted: a version 2 leaf holds the program alone, which is ours until its execve;
// a version 1 group also the spawner and init.
static uint64_t own_cpu(const struct accounting *a, const struct job *job) {
    if (cgroup_leaf() >= 0) return job->program_setup_ns;
    return job->program_setup_ns + job->init_ns + less(spawner_cpu_ns(), a->spawner_before_ns);
}

// Without a group: what was found by waiting or sampling, unless the counter knows of much more.
static uint64_t ungrouped_cpu(const struct accounting *a, const struct job *job, uint64_t found) {
    enum { NOISE = 10 * MILLISECOND, NOISE_PART = 4 }; // interrupts, and what a hypervisor took
    if (!counter_children(atomic_load(&job->init_pid))) return found;
    uint64_t counted = less(less(counter_ns(), a->counter_before_ns), own_cpu(a, job));
    return counted > found + found / NOISE_PART + NOISE ? counted : found;
}

static uint64_t cpu_so_far(const struct accounting *a, const struct slot *slot, const struct job *job) {
    if (slot->cgroup && cgroup_has_cpu()) return less(slot->cgroup->cpu_ns(), own_cpu(a, job));
    return ungrouped_cpu(a, job, a->highest.cpu_ns);
}

// The more there is to fill, the later the next look: memory is not touched faster than some 4 GB/s.
static uint64_t sample_pause(uint64_t memory, uint64_t limit) {
    uint64_t fastest = less(limit, memory) / 4;
    return fastest < SAMPLE_MIN ? SAMPLE_MIN : smaller(fastest, SAMPLE_MAX);
}

static bool too_much_in_files(const struct accounting *a, const struct slot *slot, pid_t init, const struct run_request *request) {
    if (!plainbox_shrank(request->memory)) return less(plainbox_size(), a->given) > request->memory;
    uint64_t begun = now_ns(), named = plainbox_size();
    uint64_t nameless = nameless_size(slot->proc, init, plainbox_device(), request->file_size);
    plainbox_looked(begun);
    uint64_t total = nameless > UINT64_MAX - named ? UINT64_MAX : named + nameless; // what was given may have lost its name
    return less(total, a->given) > request->memory;
}

enum limit accounting_look(struct accounting *a, const struct slot *slot, const struct run_request *request, const struct job *job) {
    uint64_t now = now_ns();
    pid_t init = atomic_load(&job->init_pid);
    if (now >= a->next_sample && init > 0) {
        struct sample sample = {0};
        if (sampled()) sampling_take(slot, init, request->memory, a->highest.memory, &sample);
        a->highest.memory = larger(a->highest.memory, sample.memory);
        a->highest.cpu_ns = larger(a->highest.cpu_ns, sample.cpu_ns);
        if (!cgroup_has_memory() && sample.memory > request->memory) return LIMIT_MEMORY;
        if (a->watch_files && too_much_in_files(a, slot, init, request)) return LIMIT_MEMORY;
        a->next_sample = now + sample_pause(sample.memory, request->memory);
    }
    if (now >= a->next_cpu_look) {
        uint64_t used = cpu_so_far(a, slot, job), most = request->cpu_kill_ns + UNTOLD;
        if (used >= most) return LIMIT_CPU_TIME;
        a->next_cpu_look = now + larger((most - used) / (uint64_t)slot->cores, MILLISECOND);
    }
    // what it took to start the program is not its own: the deadline, which was set before that, moves with its start
    if (now >= a->wall_deadline) {
        uint64_t start = job->started_ns ? job->started_ns : a->begun_ns + START_MAX;
        a->wall_deadline = start + request->wall_limit_ns;
        // who has ended in time is in time, and his files are collected, while init still ends what he has left behind
        if (atomic_load(&job->ended) && job->ended_ns <= a->wall_deadline) a->wall_deadline = job->ended_ns + ENDING_MAX;
    }
    return now >= a->wall_deadline ? LIMIT_WALL_TIME : LIMIT_NONE;
}

void accounting_files(struct accounting *a, const struct run_request *request, uint64_t found) {
    uint64_t size = less(found, a->given);
    if (size > request->memory) accounting_passed(a, LIMIT_MEMORY);
    else if (plainbox_in_memory()) a->highest.memory = larger(a->highest.memory, size);
}

static uint64_t times_ns(const struct rusage *u) {
    return (uint64_t)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000000000u + (uint64_t)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) * 1000u;
}

void accounting_settle(struct accounting *a, const struct slot *slot, const struct run_request *request, const struct job *job,
                       uint64_t output, struct result *result) {
    bool ended = atomic_load(&job->ended);
    bool by_kill = ended && WIFSIGNALED(job->status) && WTERMSIG(job->status) == SIGKILL;
    uint64_t end = ended ? job->ended_ns : now_ns(), start = job->started_ns ? job->started_ns : a->begun_ns;
    struct cgroup_usage usage = {0};
    if (slot->cgroup) slot->cgroup->end(&usage, !ended || by_kill);
    uint64_t group_cpu = less(usage.cpu_ns, own_cpu(a, job));
    uint64_t waited_cpu = less(times_ns(&a->usage), job->init_ns + job->program_setup_ns);
    if (cgroup_has_cpu()) result->cpu_ns = larger(group_cpu, waited_cpu);
    else result->cpu_ns = ungrouped_cpu(a, job, larger(waited_cpu, a->highest.cpu_ns));
    result->ended_ns = a->killed ? smaller(end, a->killed_ns) : end;
    result->wall_ns = less(end, start);
    uint64_t largest = (uint64_t)a->usage.ru_maxrss * 1024;
    // a group counts in steps of up to 64 pages: what is too small for it is taken from the largest process
    uint64_t grouped = larger(usage.memory, smaller(largest, GROUP_STEPS));
    uint64_t sampled_memory = larger(larger(largest, a->highest.memory), less(surroundings_files(), a->given));
    result->memory = larger(cgroup_has_memory() ? grouped : sampled_memory, MEMORY_MIN);
    if (!ended && !a->killed && !job->failed_step && !usage.out_of_memory) die_with(ECHILD, "run: init died", "");
    if (usage.out_of_memory) accounting_passed(a, LIMIT_MEMORY);
    if (output > request->output) accounting_passed(a, LIMIT_OUTPUT);
    settle_time(a, LIMIT_CPU_TIME, result->cpu_ns, request->cpu_limit_ns, ended && !by_kill);
    settle_time(a, LIMIT_WALL_TIME, result->wall_ns, request->wall_limit_ns, ended && !by_kill);
    if (!cgroup_has_memory() && result->memory > request->memory) accounting_passed(a, LIMIT_MEMORY);
    memcpy(result->limits, a->limits, sizeof result->limits);
    if (job->failed_step || (ended && WIFEXITED(job->status))) {
        result->ending = ENDING_EXITED;
        result->exit_code = WEXITSTATUS(job->status);
    } else if (ended && !(by_kill && (usage.out_of_memory || a->killed))) {
        result->ending = ENDING_SIGNALED;
        result->signal = WTERMSIG(job->status);
    } else {
        result->ending = a->cancelled ? ENDING_CANCELLED : ENDING_KILLED;
        result->signal = SIGKILL;
    }
}
