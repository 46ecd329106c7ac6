/*
 * `thread_start ROUNDS`: the time from the call of pthread_create to the first instruction of the new thread, in
 * nanoseconds: of the first thread, and the median of ROUNDS (at most 1000) further ones, each started when the one before
 * has ended and gone to sleep. Prints `first N` and `median N`.
 */
#include "threads.h"

enum { MAX_ROUNDS = 1000, PAUSE_NS = 2000000 };

static uint64_t begun;

static void *note_begin(void *argument)
{
    begun = now_ns();
    return argument;
}

static uint64_t start_one(void)
{
    pthread_t thread;
    uint64_t before = now_ns();
    must("pthread_create", pthread_create(&thread, NULL, note_begin, NULL));
    must("pthread_join", pthread_join(thread, NULL));
    return begun - before;
}

static int program(int argc, char **argv)
{
    static uint64_t sorted[MAX_ROUNDS];
    int rounds = argc == 2 ? number_in(argv[1]) : 0;
    if (rounds < 1 || rounds > MAX_ROUNDS) return 2;
    now_ns();
    report("first", (int)start_one());
    for (int i = 0; i < rounds; i++) {
        sleep_ns(PAUSE_NS);
        uint64_t latency = start_one();
        int at = i;
        for (; at > 0 && sorted[at - 1] > latency; at--) sorted[at] = sorted[at - 1];
        sorted[at] = latency;
    }
    report("median", (int)sorted[rounds / 2]);
    report("p99", (int)sorted[rounds * 99 / 100]);
    return 0;
}
