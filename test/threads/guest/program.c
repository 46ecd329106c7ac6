/* What argv[1] says; see ../threads.test.ts. */
#include "thread.h"

enum { MANY = 64 };

static Thread threads[MANY + 1];
static int counter;
static uint16_t server_port;

/* --- spawning ----------------------------------------------------------------------------------------------------- */

static void
count_up(Thread *thread)
{
    __atomic_fetch_add(&counter, thread->argument, __ATOMIC_SEQ_CST);
    thread->result = thread->number;
}

/* So many threads, each after the other. */
static void
in_sequence(int count)
{
    for (int i = 0; i < count; i++) {
        /* The number is free a moment after the thread has said that it is done. */
        while (start(&threads[0], count_up, 1) < 0)
            sched_yield();
        join(&threads[0]);
    }
    report("counted", counter);
}

static int gate;

static void
wait_at_gate(Thread *thread)
{
    while (__atomic_load_n(&gate, __ATOMIC_SEQ_CST) == 0)
        wait_while(&gate, 0);
    count_up(thread);
}

/* As many as there may be at once, and one more. */
static void
at_once(int count)
{
    int started = 0;
    for (int i = 0; i < count; i++)
        started += start(&threads[i], wait_at_gate, 1) > 0;
    report("started", started);
    report("one more", start(&threads[count], wait_at_gate, 1));
    __atomic_store_n(&gate, 1, __ATOMIC_SEQ_CST);
    __builtin_wasm_memory_atomic_notify(&gate, MANY);
    for (int i = 0; i < started; i++)
        join(&threads[i]);
    report("counted", counter);
}

static void
spawn_another(Thread *thread)
{
    if (thread->argument > 0) {
        Thread *other = &threads[thread->argument - 1];
        if (start(other, spawn_another, thread->argument - 1) < 0)
            report("no thread", thread->argument);
        else
            join(other);
    }
    thread->result = __atomic_add_fetch(&counter, 1, __ATOMIC_SEQ_CST);
}

/* --- one table of sockets ------------------------------------------------------------------------------------------ */

/* Serves a connection that the main thread accepted: sends back what comes. */
static void
serve(Thread *thread)
{
    char room[4096];
    size_t got;
    int fd = thread->argument;
    thread->result = 0;
    while (receive(fd, room, sizeof room, &got) == 0 && got > 0) {
        must("send", send_all(fd, room, got));
        thread->result += (int)got;
    }
    must("close", fd_close(fd));
}

static void
call_server(Thread *thread)
{
    char out[1000], in[1000];
    int fd = connected(server_port);
    thread->result = 0;
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < sizeof out; i++)
            out[i] = (char)(thread->argument + round + (int)i);
        must("send", send_all(fd, out, sizeof out));
        for (size_t done = 0, got; done < sizeof in; done += got) {
            must("receive", receive(fd, in + done, sizeof in - done, &got));
            if (got == 0)
                proc_exit(97);
        }
        for (size_t i = 0; i < sizeof in; i++)
            thread->result += in[i] == out[i];
    }
    must("close", fd_close(fd));
}

/* Thread per connection: accepted here, served there, by clients in threads of their own. */
static void
thread_per_connection(int count)
{
    int listener = listening(&server_port), sum = 0, served = 0;
    for (int i = 0; i < count; i++)
        if (start(&threads[i], call_server, i) < 0)
            proc_exit(96);
    for (int i = 0; i < count; i++) {
        int fd;
        must("sock_accept", sock_accept(listener, 0, &fd));
        if (start(&threads[count + i], serve, fd) < 0)
            proc_exit(95);
    }
    for (int i = 0; i < count; i++) {
        sum += join(&threads[i]);
        served += join(&threads[count + i]);
    }
    report("right", sum);
    report("served", served);
}

/* Opens, uses and closes sockets on the numbers that all have in common. */
static void
open_and_close(Thread *thread)
{
    thread->result = 0;
    for (int round = 0; round < thread->argument; round++) {
        uint16_t port;
        char out = (char)round, in = 0;
        size_t got;
        int listener = listening(&port), client = connected(port), server;
        must("accept", sock_accept(listener, 0, &server));
        must("close", fd_close(listener));
        must("send", send_all(client, &out, 1));
        must("receive", receive(server, &in, 1, &got));
        thread->result += got == 1 && in == out;
        must("close", fd_close(client));
        must("receive", receive(server, &in, 1, &got));
        thread->result += got == 0;
        must("close", fd_close(server));
    }
}

static void
churn(int count, int rounds)
{
    int sum = 0, fd;
    for (int i = 0; i < count; i++)
        if (start(&threads[i], open_and_close, rounds) < 0)
            proc_exit(96);
    for (int i = 0; i < count; i++)
        sum += join(&threads[i]);
    report("right", sum);
    fd = open_socket(STREAM);
    report("lowest free", fd);
}

/* --- one directory ------------------------------------------------------------------------------------------------- */

enum { READERS = 4, LISTING_BYTES = 1 << 12 };

static char listings[READERS][LISTING_BYTES];
static size_t listing_bytes;

static void
list(Thread *thread)
{
    thread->result = 0;
    for (int round = 0; round < 2000; round++) {
        size_t used;
        must("fd_readdir", fd_readdir(3, listings[thread->argument], LISTING_BYTES, 0, &used));
        thread->result += used == listing_bytes;
    }
}

/* All threads list what does not change, by one descriptor. */
static void
list_together(void)
{
    int complete = 0;
    must("fd_readdir", fd_readdir(3, listings[0], LISTING_BYTES, 0, &listing_bytes));
    for (int i = 0; i < READERS; i++)
        if (start(&threads[i], list, i) < 0)
            proc_exit(96);
    for (int i = 0; i < READERS; i++)
        complete += join(&threads[i]);
    report("bytes", (int)listing_bytes);
    report("complete", complete);
}

/* --- blocked calls -------------------------------------------------------------------------------------------------- */

static int blocked_on, entering;
static const char *blocked_in;
static const char *unanswered_name;
static char large[1 << 20];

static int
block(const char *what, int fd)
{
    size_t done, events;
    char room[8];
    int other;
    if (same(what, "accept"))
        return sock_accept(fd, 0, &other);
    if (same(what, "send"))
        for (int error;;)
            if ((error = send_all(fd, large, sizeof large)) != 0)
                return error;
    if (same(what, "read"))
        return fd_read(fd, &(struct piece){ room, 1 }, 1, &done);
    if (same(what, "receive_from"))
        return sock_recv_from(fd, &(struct piece){ room, 1 }, 1, 0, &(struct address){ 0 }, &done);
    if (same(what, "connect"))
        return sock_connect(fd, &(struct address){ .host = { 127, 0, 0, 1 }, .port = server_port });
    if (same(what, "poll")) {
        struct subscription in = { .tag = 1, .what = (uint32_t)fd };
        struct event out = { 0 };
        int error = poll_oneoff(&in, &out, 1, &events);
        return error != 0 ? error : out.error;
    }
    if (same(what, "sleep")) {
        struct subscription in = { .tag = 0, .what = 1, .timeout = 3600000000000 };
        return poll_oneoff(&in, &(struct event){ 0 }, 1, &events);
    }
    if (same(what, "wait")) {
        static int never;
        wait_while(&never, 0);
        return 0;
    }
    if (same(what, "resolve")) {
        static uint32_t hints[16], entry[16];
        int found;
        return sock_addr_resolve(unanswered_name, "", hints, entry, 1, &found);
    }
    if (same(what, "loop"))
        for (;;)
            __asm__ volatile("");
    return receive(fd, room, 1, &done);
}

/* A descriptor on which that call blocks. */
static int
blocking_descriptor(const char *what)
{
    uint16_t port;
    if (same(what, "accept") || same(what, "poll"))
        return listening(&port);
    if (same(what, "receive_from"))
        return bound(DATAGRAM, &port);
    if (same(what, "connect")) {
        /* A backlog of one that is full: the next connect is not answered. */
        int full = bound(STREAM, &server_port);
        must("sock_listen", sock_listen(full, 0));
        connected(server_port);
        return open_socket(STREAM);
    }
    int listener = listening(&port);
    int fd = connected(port), other;
    must("sock_accept", sock_accept(listener, 0, &other));
    return fd;
}

static void
run_into_block(Thread *thread)
{
    __atomic_store_n(&entering, 1, __ATOMIC_SEQ_CST);
    __builtin_wasm_memory_atomic_notify(&entering, 1);
    thread->result = block(blocked_in, blocked_on);
}

static void
start_blocked(const char *what)
{
    blocked_in = what;
    if (!same(what, "sleep") && !same(what, "wait") && !same(what, "loop") && !same(what, "resolve"))
        blocked_on = blocking_descriptor(what);
    entering = 0;
    if (start(&threads[0], run_into_block, 0) < 0)
        proc_exit(96);
    while (__atomic_load_n(&entering, __ATOMIC_SEQ_CST) == 0)
        wait_while(&entering, 0);
    if (same(what, "resolve")) {
        /* The test knows when it is. */
        char word;
        size_t done;
        must("fd_read", fd_read(0, &(struct piece){ &word, 1 }, 1, &done));
        return;
    }
    /* Most probably it is in the call after that; if not, the outcome is the same. */
    give_time();
}

/* Closes what another thread is blocked on; its number is then free. */
static void
close_under(const char *what)
{
    start_blocked(what);
    must("close", fd_close(blocked_on));
    report("blocked call", join(&threads[0]));
    report("number given anew", open_socket(DATAGRAM) == blocked_on);
}

static void
trap_or_exit(Thread *thread)
{
    if (thread->argument == 0)
        __builtin_trap();
    proc_exit(thread->argument);
}

/* One thread is blocked; then the program ends in one of the ways. */
static void
end_while_blocked(const char *what, const char *way)
{
    start_blocked(what);
    say("blocked\n");
    if (ends_by_itself(way))
        return;
    if (same(way, "thread-exit"))
        start(&threads[1], trap_or_exit, 8);
    else if (same(way, "thread-trap"))
        start(&threads[1], trap_or_exit, 0);
    /* Else the test ends it. The main thread is blocked as well. */
    block(same(what, "connect") ? "sleep" : what, blocked_on);
}

__attribute__((export_name("_start"))) void
_start(void)
{
    load_words();
    const char *what = words[1];
    int count = word_count > 2 ? number_in(words[2]) : 0;
    if (same(what, "sequence"))
        in_sequence(count);
    else if (same(what, "more-and-more")) {
        in_sequence(count);
        let_look("some\n");
        in_sequence(5 * count);
        let_look("many\n");
    } else if (same(what, "at-once"))
        at_once(count);
    else if (same(what, "nested")) {
        start(&threads[count], spawn_another, count);
        report("depth", join(&threads[count]));
    } else if (same(what, "connections"))
        thread_per_connection(count);
    else if (same(what, "churn"))
        churn(count, number_in(words[3]));
    else if (same(what, "list"))
        list_together();
    else if (same(what, "close"))
        close_under(words[2]);
    else if (same(what, "end")) {
        unanswered_name = words[4];
        end_while_blocked(words[2], words[3]);
    } else
        proc_exit(94);
}
