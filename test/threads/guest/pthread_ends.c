/* A thread is blocked in argv[1]; then the program ends as argv[2] says. See ../pthread-ends.test.ts. */
#include "pthread.h"

static unsigned mutex, condition, sleeper, blocked, other;
static int entering, semaphore;
static const char *call;

static const uint64_t HOUR = 3600000000;

static void *
sleep_an_hour(void *argument)
{
    struct subscription in = { .tag = 0, .what = 1, .timeout = 3600000000000 };
    size_t events;
    poll_oneoff(&in, &(struct event){ 0 }, 1, &events);
    return argument;
}

/*
 * Waits in that call, for ever; or, if it is to be over at once, as nearly the same as can be.
 */
static void
wait_in_call(bool at_once)
{
    /* A mutex that only the caller has, for the conditions. */
    unsigned own = 0;
    pthread_mutex_init(&own, NULL);
    pthread_mutex_lock(&own);
    if (same(call, "pthread_mutex_lock")) {
        pthread_mutex_unlock(&own);
        pthread_mutex_lock(at_once ? &own : &mutex);
    } else if (same(call, "pthread_join"))
        pthread_join(at_once ? 0 : sleeper, NULL);
    else if (same(call, "sem_wait")) {
        if (at_once)
            sem_post(semaphore);
        sem_wait(semaphore);
    } else if (same(call, "pthread_cond_wait") && !at_once)
        pthread_cond_wait(&condition, &own);
    else
        pthread_cond_timedwait(&condition, &own, at_once ? 0 : HOUR);
}

/* Nothing ends this but the end of the program. */
static void
block(void)
{
    wait_in_call(false);
    proc_exit(97);
}

static void *
run_into_block(void *argument)
{
    /* What is done for the first time takes long. */
    wait_in_call(true);
    __atomic_store_n(&entering, 1, __ATOMIC_SEQ_CST);
    __builtin_wasm_memory_atomic_notify(&entering, 1);
    block();
    return argument;
}

static void *
trap_or_exit(void *argument)
{
    if (argument == NULL)
        __builtin_trap();
    proc_exit((int)(intptr_t)argument);
}

static void
prepare(void)
{
    if (same(call, "pthread_mutex_lock"))
        must("lock", pthread_mutex_lock(&mutex));
    if (same(call, "pthread_join"))
        must("create", pthread_create(&sleeper, NULL, sleep_an_hour, NULL));
    if (same(call, "sem_wait"))
        semaphore = sem_open("/berth", 0x40, 0600, 0);
}

__attribute__((export_name("_start"))) void
_start(void)
{
    load_words();
    call = words[1];
    const char *way = words[2];
    prepare();
    must("create", pthread_create(&blocked, NULL, run_into_block, NULL));
    while (__atomic_load_n(&entering, __ATOMIC_SEQ_CST) == 0)
        wait_while(&entering, 0);
    /* Most probably it is in the call after that; if not, the outcome is the same. */
    give_time();
    say("blocked\n");
    if (ends_by_itself(way))
        return;
    if (same(way, "thread-exit"))
        must("create", pthread_create(&other, NULL, trap_or_exit, (void *)8));
    else if (same(way, "thread-trap"))
        must("create", pthread_create(&other, NULL, trap_or_exit, NULL));
    /* Else the test ends it. The main thread is blocked as well. */
    block();
}
