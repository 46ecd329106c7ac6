/*
 * `blocked_threads COUNT`: so many threads, each blocked in a recv that nothing ends, and one more, which reads standard
 * input. Says `blocked COUNT` when they are. On a byte there, that thread ends the program with code 7.
 */
#include "threads.h"

static int blocked;
static int sockets[MAX_THREADS][2];

static void *block(void *argument)
{
    char byte;
    __atomic_add_fetch(&blocked, 1, __ATOMIC_SEQ_CST);
    receive_some((int)(intptr_t)argument, &byte, 1);
    exit_program(98);
    return argument;
}

static void *end_program(void *argument)
{
    char byte;
    __atomic_add_fetch(&blocked, 1, __ATOMIC_SEQ_CST);
    exit_program(read_standard_input(&byte, 1) == 1 ? 7 : 97);
    return argument;
}

static int program(int argc, char **argv)
{
    pthread_t thread;
    uint16_t port;
    int count = argc == 2 ? number_in(argv[1]) : -1;
    if (count < 0 || count > MAX_THREADS) return 2;
    int listener = listening(&port);
    for (int i = 0; i < count; i++) {
        sockets[i][0] = connected(port);
        sockets[i][1] = accepted_from(listener);
        must("pthread_create", pthread_create(&thread, NULL, block, (void *)(intptr_t)sockets[i][1]));
    }
    must("pthread_create", pthread_create(&thread, NULL, end_program, NULL));
    while (__atomic_load_n(&blocked, __ATOMIC_SEQ_CST) < count + 1) sleep_ns(1000000);
    /* From the count to the call. */
    sleep_ns(50000000);
    report("blocked", count);
    pthread_join(thread, NULL);
    return 96;
}
