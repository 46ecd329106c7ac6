/* What argv[1] says, with the imports of the original's lib-pthread; see ../pthreads.test.ts. */
#include "pthread.h"

enum { THREADS = 4 };

/* Static initialisers, which are zeros. */
static unsigned mutex, condition, threads[THREADS];
static int counter, turn, ended;

static void *
count(void *argument)
{
    /* A frame that would reach into another's stack if they overlapped. */
    volatile char frame[2048];
    for (size_t i = 0; i < sizeof frame; i++)
        frame[i] = (char)(intptr_t)argument;
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&mutex);
        int before = counter;
        counter = before + 1;
        pthread_mutex_unlock(&mutex);
    }
    int right = 1;
    for (size_t i = 0; i < sizeof frame; i++)
        right &= frame[i] == (char)(intptr_t)argument;
    return (void *)(right ? (intptr_t)argument + 10 : -1);
}

static void
counting(void)
{
    for (int i = 0; i < THREADS; i++)
        must("create", pthread_create(&threads[i], NULL, count, (void *)(intptr_t)i));
    unsigned one_more;
    report("one more", pthread_create(&one_more, NULL, count, NULL));
    for (int i = 0; i < THREADS; i++) {
        void *result = NULL;
        must("join", pthread_join(threads[i], &result));
        report("result", (int)(intptr_t)result);
    }
    report("counted", counter);
    report("self", (int)pthread_self());
}

static void *
take_turns(void *argument)
{
    int mine = (int)(intptr_t)argument;
    for (int round = 0; round < 100; round++) {
        pthread_mutex_lock(&mutex);
        while (turn % THREADS != mine)
            pthread_cond_wait(&condition, &mutex);
        turn++;
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void
turns(void)
{
    for (int i = 0; i < THREADS; i++)
        must("create", pthread_create(&threads[i], NULL, take_turns, (void *)(intptr_t)i));
    for (int i = 0; i < THREADS; i++)
        must("join", pthread_join(threads[i], NULL));
    report("turns", turn);
    pthread_mutex_lock(&mutex);
    report("expired", pthread_cond_timedwait(&condition, &mutex, 1000));
    pthread_mutex_unlock(&mutex);
}

static unsigned key;

static void
note_end(void *value)
{
    pthread_mutex_lock(&mutex);
    ended += (int)(intptr_t)value;
    pthread_mutex_unlock(&mutex);
}

static void *
keep_specific(void *argument)
{
    pthread_setspecific(key, argument);
    if ((intptr_t)argument == 2)
        pthread_exit((void *)77);
    return pthread_getspecific(key);
}

static void
keys(void)
{
    must("key", pthread_key_create(&key, note_end));
    for (intptr_t i = 1; i <= 3; i++) {
        void *result;
        must("create", pthread_create(&threads[0], NULL, keep_specific, (void *)i));
        must("join", pthread_join(threads[0], &result));
        report("result", (int)(intptr_t)result);
    }
    report("destroyed", ended);
    report("own", (int)(intptr_t)pthread_getspecific(key));
}

static int entering;

static void *
block_in_accept(void *argument)
{
    int other;
    __atomic_store_n(&entering, 1, __ATOMIC_SEQ_CST);
    __builtin_wasm_memory_atomic_notify(&entering, 1);
    return (void *)(intptr_t)sock_accept((int)(intptr_t)argument, 0, &other);
}

static void *
block_in_mutex(void *argument)
{
    __atomic_store_n(&entering, 1, __ATOMIC_SEQ_CST);
    __builtin_wasm_memory_atomic_notify(&entering, 1);
    pthread_mutex_lock(&mutex);
    return argument;
}

static void *
compute(void *argument)
{
    __atomic_store_n(&entering, 1, __ATOMIC_SEQ_CST);
    __builtin_wasm_memory_atomic_notify(&entering, 1);
    for (;;)
        sched_yield();
    return argument;
}

static void
cancel_one(const char *what, routine run, void *argument)
{
    void *result = NULL;
    entering = 0;
    must("create", pthread_create(&threads[0], NULL, run, argument));
    while (__atomic_load_n(&entering, __ATOMIC_SEQ_CST) == 0)
        wait_while(&entering, 0);
    give_time();
    must("cancel", pthread_cancel(threads[0]));
    must("join", pthread_join(threads[0], &result));
    report(what, (int)(intptr_t)result);
}

static void
cancelling(void)
{
    uint16_t port;
    int listener = listening(&port);
    cancel_one("in accept", block_in_accept, (void *)(intptr_t)listener);
    pthread_mutex_lock(&mutex);
    cancel_one("in a mutex", block_in_mutex, NULL);
    cancel_one("computing", compute, NULL);
    /* What it was blocked on is as it was. */
    struct address address = loopback(port);
    must("connect", sock_connect(open_socket(STREAM), &address));
    int other;
    report("accept", sock_accept(listener, 0, &other));
}

static void *
speak_last(void *argument)
{
    pthread_mutex_lock(&mutex);
    say("the last one\n");
    return argument;
}

/* Ends the main thread; the other goes on. */
static void
main_exits(void)
{
    pthread_mutex_lock(&mutex);
    must("create", pthread_create(&threads[0], NULL, speak_last, NULL));
    must("detach", pthread_detach(threads[0]));
    pthread_mutex_unlock(&mutex);
    pthread_exit(NULL);
    say("never\n");
}

static void *
post(void *argument)
{
    sem_post(sem_open("/berth", 0, 0, 0));
    return argument;
}

static void
semaphores(void)
{
    int semaphore = sem_open("/berth", 0x40, 0600, 0);
    must("create", pthread_create(&threads[0], NULL, post, NULL));
    report("waited", sem_wait(semaphore));
    must("join", pthread_join(threads[0], NULL));
    report("unknown", sem_open("/nothing", 0, 0, 0));
}

static void *
cancel_other(void *argument)
{
    /* Both at once, as nearly as can be. */
    __atomic_add_fetch(&entering, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&entering, __ATOMIC_SEQ_CST) < 2)
        ;
    pthread_cancel(threads[(intptr_t)argument]);
    return argument;
}

static void
cancel_each_other(void)
{
    for (int round = 0; round < 50; round++) {
        entering = 0;
        must("create", pthread_create(&threads[0], NULL, cancel_other, (void *)1));
        must("create", pthread_create(&threads[1], NULL, cancel_other, (void *)0));
        must("join", pthread_join(threads[0], NULL));
        must("join", pthread_join(threads[1], NULL));
    }
    say("all joined\n");
}

static void *
trap(void *argument)
{
    (void)argument;
    __builtin_trap();
}

static void
many(int times)
{
    for (int i = 0; i < times; i++) {
        must("create", pthread_create(&threads[0], NULL, count, (void *)(intptr_t)1));
        must("join", pthread_join(threads[0], NULL));
    }
    report("counted", counter);
}

__attribute__((export_name("_start"))) void
_start(void)
{
    load_words();
    const char *what = words[1];
    if (same(what, "count"))
        counting();
    else if (same(what, "turns"))
        turns();
    else if (same(what, "keys"))
        keys();
    else if (same(what, "cancel"))
        cancelling();
    else if (same(what, "main-exits"))
        main_exits();
    else if (same(what, "semaphores"))
        semaphores();
    else if (same(what, "many"))
        many(number_in(words[2]));
    else if (same(what, "cancel-each-other"))
        cancel_each_other();
    else if (same(what, "no-routine")) {
        must("create", pthread_create(&threads[0], NULL, (routine)-1, NULL));
        pthread_join(threads[0], NULL);
    } else if (same(what, "trap")) {
        pthread_create(&threads[0], NULL, trap, NULL);
        pthread_join(threads[0], NULL);
    } else
        proc_exit(94);
}
