/*
 * Threads that open, use, duplicate, renumber and close sockets on one table: their own, and each other's while they are in
 * use. Every byte that is sent is received where it belongs, once and in its place. See ../stress.test.ts.
 *
 * argv[1] is the number of rounds of each thread; argv[2], if not 0, the seconds after which they stop instead.
 */
#include "thread.h"

WASI(clock_time_get) int clock_time_get(int clock, uint64_t precision, uint64_t *time);
WASI(fd_fdstat_get) int fd_fdstat_get(int fd, void *stat);
WASI(sock_send_to) int sock_send_to(int, const struct piece *, size_t, int, struct address *, size_t *);
WASI(sock_set_send_buf_size) int sock_set_send_buf_size(int fd, int size);
WASI(sock_shutdown) int sock_shutdown(int fd, int how);
IMPORT("berth_socket_v1", "duplicate") int duplicate(int fd, int number, int exactly, int *given);

enum {
    THREADS = 8,
    PAIRS = THREADS / 2,
    MAX_NUMBERS = 1 << 16,
    /* From here on the ends of streams, which others move; no number is given twice, but after the last the first. */
    MOVING = 1000,
    MOVING_COUNT = 30000,
    /* From here on what is there to be closed by others, likewise. */
    VICTIMS = 32000,
    VICTIM_COUNT = 20000,
    /* And this one, which always gets the same numbers. */
    LOOSE_VICTIMS = 60000,
    MAX_STREAM_BYTES = 300000,
    SHUT_WRITE = 2,
};

enum { MONOTONIC = 1 };

static Thread threads[THREADS];
static int stopping, active, rounds;

/* --- counting ---------------------------------------------------------------------------------------------------- */

static struct {
    uint64_t sent, received, wrong, moved, woken, closed_under, small;
} total;

#define COUNT(what, amount) __atomic_fetch_add(&total.what, (uint64_t)(amount), __ATOMIC_SEQ_CST)

static void
report_large(const char *what, uint64_t number)
{
    char line[64];
    size_t at = sizeof line;
    line[--at] = 0;
    do
        line[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    say(what);
    say(" ");
    say(line + at);
    say("\n");
}

/* Ends everything with what went wrong. */
static _Noreturn void
fail(const char *what, int number)
{
    report(what, number);
    proc_exit(99);
}

static unsigned
next_random(unsigned *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* --- streams between the two threads of a pair ------------------------------------------------------------------- */

/* One end. Its number changes under the thread that uses it; whoever changes it has the lock. */
struct end {
    int fd, lock;
};

static struct stream {
    struct end sender, receiver;
    /* Odd while there is a stream from the one thread to the other. */
    int turn;
    int round;
    size_t length;
} streams[PAIRS];

static int moving, victim_number;

static int
next_number(int *counter, int first, int count)
{
    return first + (int)((unsigned)__atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST) % (unsigned)count);
}

static bool
try_lock(int *lock)
{
    return __atomic_exchange_n(lock, 1, __ATOMIC_SEQ_CST) == 0;
}

static void
lock_end(struct end *end)
{
    while (!try_lock(&end->lock))
        sched_yield();
}

static void
unlock_end(struct end *end)
{
    __atomic_store_n(&end->lock, 0, __ATOMIC_SEQ_CST);
}

static int
number_of(struct end *end)
{
    return __atomic_load_n(&end->fd, __ATOMIC_SEQ_CST);
}

/* A duplicate among the numbers from `least` on. */
static int
duplicate_of(int fd, int least)
{
    int given;
    must("duplicate", duplicate(fd, least, 0, &given));
    return given;
}

static void
close_or_fail(int fd)
{
    must("fd_close", fd_close(fd));
}

/* Moves an end in one of the ways that leave its stream as it is. */
static void
disturb(struct end *end, unsigned how)
{
    if (!try_lock(&end->lock))
        return;
    int fd = number_of(end);
    if (fd >= 0) {
        int other = duplicate_of(fd, next_number(&moving, MOVING, MOVING_COUNT));
        switch (how % 5) {
        case 0: /* another number; the old one is closed */
            __atomic_store_n(&end->fd, other, __ATOMIC_SEQ_CST);
            close_or_fail(fd);
            break;
        case 1: /* the same number, for a duplicate */
            must("fd_renumber", fd_renumber(other, fd));
            break;
        case 2: { /* the number of something else that is open */
            int place = open_socket(DATAGRAM);
            int target = duplicate_of(place, next_number(&moving, MOVING, MOVING_COUNT));
            close_or_fail(place);
            must("fd_renumber", fd_renumber(fd, target));
            __atomic_store_n(&end->fd, target, __ATOMIC_SEQ_CST);
            close_or_fail(other);
            break;
        }
        case 3: { /* the same, as dup2 does it */
            int given;
            must("duplicate", duplicate(other, fd, 1, &given));
            close_or_fail(other);
            break;
        }
        default: /* a duplicate goes, and the end does not notice */
            close_or_fail(other);
        }
        COUNT(moved, 1);
    }
    unlock_end(end);
}

static void
open_end(struct end *end, int fd)
{
    int given = duplicate_of(fd, next_number(&moving, MOVING, MOVING_COUNT));
    close_or_fail(fd);
    __atomic_store_n(&end->fd, given, __ATOMIC_SEQ_CST);
}

static void
close_end(struct end *end)
{
    lock_end(end);
    int fd = __atomic_exchange_n(&end->fd, -1, __ATOMIC_SEQ_CST);
    close_or_fail(fd);
    unlock_end(end);
}

static char
byte_of(int pair, int round, size_t at)
{
    return (char)(pair * 101 + round * 13 + (int)(at * 31) + (int)((at >> 8) * 7));
}

static void
connect_pair(int *client, int *server)
{
    uint16_t port;
    int listener = listening(&port);
    *client = connected(port);
    must("sock_accept", sock_accept(listener, 0, server));
    close_or_fail(listener);
}

/* --- what is closed by others while it is used ------------------------------------------------------------------- */

enum { SLOTS = 16, MOST_BLOCKED = 2 };

/* Numbers that anybody may close; whoever takes one out does. 0 is none. */
static int slots[SLOTS];
static int blocked;

static bool
close_a_victim(unsigned random)
{
    int fd = 0;
    for (unsigned i = 0; i < SLOTS && fd == 0; i++)
        fd = __atomic_exchange_n(&slots[(random + i) % SLOTS], 0, __ATOMIC_SEQ_CST);
    if (fd == 0)
        return false;
    close_or_fail(fd);
    COUNT(closed_under, 1);
    return true;
}

static bool
offer(int fd, unsigned random)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        int none = 0;
        if (__atomic_compare_exchange_n(&slots[(random + i) % SLOTS], &none, fd, false, __ATOMIC_SEQ_CST,
                __ATOMIC_SEQ_CST))
            return true;
    }
    return false;
}

static int
use_victim(unsigned what, int fd, uint16_t port)
{
    char room[8];
    size_t done, events;
    uint16_t flags;
    struct piece piece = { room, 1 };
    switch (what) {
    case 0: {
        int accepted;
        return sock_accept(fd, 0, &accepted);
    }
    case 1:
        return sock_recv_from(fd, &piece, 1, 0, &(struct address){ 0 }, &done);
    case 2:
        return sock_recv(fd, &piece, 1, 0, &done, &flags);
    case 3: {
        struct subscription in = { .tag = 1, .what = (uint32_t)fd };
        struct event out = { 0 };
        int error = poll_oneoff(&in, &out, 1, &events);
        return error != 0 ? error : out.error;
    }
    default: {
        struct address address = loopback(port);
        return sock_connect(fd, &address);
    }
    }
}

/* Blocks in a call on a number that another thread closes, before the call or during it. */
static void
be_closed_under(unsigned *random)
{
    if (__atomic_fetch_add(&blocked, 1, __ATOMIC_SEQ_CST) < MOST_BLOCKED) {
        unsigned what = next_random(random) % 5;
        uint16_t port = 0;
        int full = -1, first = -1, fd, least;
        bool is_loose = next_random(random) % 4 == 0;
        if (what == 0 || what == 3)
            fd = listening(&port);
        else if (what == 4) {
            /* A backlog of one that is full: the next connect is not answered. */
            full = bound(STREAM, &port);
            must("sock_listen", sock_listen(full, 0));
            first = connected(port);
            fd = open_socket(STREAM);
        } else
            fd = bound(DATAGRAM, &port);
        least = is_loose ? LOOSE_VICTIMS : next_number(&victim_number, VICTIMS, VICTIM_COUNT);
        int victim = duplicate_of(fd, least);
        close_or_fail(fd);
        if (offer(victim, next_random(random))) {
            int error = use_victim(what, victim, port);
            /* A loose one's number may stand for another's by then, for which the call is wrong. */
            if (!is_loose && error != BADF)
                fail("a call whose descriptor was closed", 100 * (int)what + error);
            COUNT(woken, error == BADF);
        } else
            close_or_fail(victim);
        if (full >= 0) {
            close_or_fail(first);
            close_or_fail(full);
        }
    }
    __atomic_fetch_sub(&blocked, 1, __ATOMIC_SEQ_CST);
}

/* --- sockets of one's own ---------------------------------------------------------------------------------------- */

/* The lowest numbers, which all threads give back and get again. */
static void
use_own(int self, unsigned *random)
{
    char out[64], in[64];
    size_t length = 1 + next_random(random) % sizeof out, done;
    for (size_t i = 0; i < length; i++)
        out[i] = byte_of(self + 50, (int)length, i);
    int client, server;
    uint16_t port;
    bool is_stream = next_random(random) % 2 == 0;
    if (is_stream)
        connect_pair(&client, &server);
    else {
        server = bound(DATAGRAM, &port);
        client = open_socket(DATAGRAM);
    }
    /* By a duplicate of the one, to a duplicate of the other. */
    int other = duplicate_of(client, 0);
    close_or_fail(client);
    int heir = duplicate_of(server, 0);
    must("fd_renumber", fd_renumber(heir, server));
    if (is_stream)
        must("send", send_all(other, out, length));
    else {
        struct address address = loopback(port);
        must("sock_send_to", sock_send_to(other, &(struct piece){ out, length }, 1, 0, &address, &done));
    }
    COUNT(sent, length);
    for (size_t got = 0; got < length; got += done) {
        struct address from;
        if (is_stream)
            must("receive", receive(server, in + got, length - got, &done));
        else
            must("sock_recv_from", sock_recv_from(server, &(struct piece){ in, length }, 1, 0, &from, &done));
        if (done == 0 || (!is_stream && done != length))
            fail("received", (int)done);
    }
    size_t wrong = 0;
    for (size_t i = 0; i < length; i++)
        wrong += in[i] != out[i];
    COUNT(wrong, wrong);
    COUNT(received, length);
    COUNT(small, 1);
    close_or_fail(other);
    close_or_fail(server);
}

/* --- the threads ------------------------------------------------------------------------------------------------- */

static void
do_something(int self, unsigned *random)
{
    struct stream *stream = &streams[next_random(random) % PAIRS];
    unsigned what = next_random(random) % 8;
    if (what < 3)
        disturb(next_random(random) % 2 ? &stream->sender : &stream->receiver, next_random(random));
    else if (what == 3)
        be_closed_under(random);
    else if (what == 4)
        use_own(self, random);
    close_a_victim(next_random(random));
}

static void
set_turn(struct stream *stream)
{
    __atomic_fetch_add(&stream->turn, 1, __ATOMIC_SEQ_CST);
    __builtin_wasm_memory_atomic_notify(&stream->turn, 1);
}

static void
wait_for_turn(struct stream *stream, int odd)
{
    for (;;) {
        int turn = __atomic_load_n(&stream->turn, __ATOMIC_SEQ_CST);
        if (turn % 2 == odd)
            return;
        wait_while(&stream->turn, turn);
    }
}

/* @returns whether a piece has been sent; false: the number has just changed */
static bool
sent_piece(struct stream *stream, const char *bytes, size_t length, size_t *done)
{
    int error = sock_send(number_of(&stream->sender), &(struct piece){ (void *)bytes, length }, 1, 0, done);
    if (error != 0 && error != BADF)
        fail("sock_send", error);
    return error == 0;
}

static void
send_streams(int self, int pair, unsigned *random)
{
    static char buffers[PAIRS][4096];
    struct stream *stream = &streams[pair];
    for (int round = 0; stopping == 0 && (rounds == 0 || round < rounds); round++) {
        int client, server;
        connect_pair(&client, &server);
        /* Sending waits for receiving, now and then after every piece. */
        must("buffer", sock_set_send_buf_size(client, next_random(random) % 8 == 0 ? 4096 : 65536));
        must("buffer", sock_set_recv_buf_size(server, 65536));
        stream->round = round;
        stream->length = 1 + next_random(random) % MAX_STREAM_BYTES;
        open_end(&stream->sender, client);
        open_end(&stream->receiver, server);
        set_turn(stream);
        for (size_t at = 0; at < stream->length;) {
            size_t length = 1 + next_random(random) % sizeof buffers[0], done;
            if (length > stream->length - at)
                length = stream->length - at;
            for (size_t i = 0; i < length; i++)
                buffers[pair][i] = byte_of(pair, round, at + i);
            for (size_t from = 0; from < length;)
                if (sent_piece(stream, buffers[pair] + from, length - from, &done)) {
                    from += done;
                    COUNT(sent, done);
                }
            at += length;
            do_something(self, random);
        }
        close_end(&stream->sender);
        wait_for_turn(stream, 0);
    }
    stream->length = 0;
    set_turn(stream);
}

static void
receive_streams(int self, int pair, unsigned *random)
{
    static char buffers[PAIRS][4096];
    struct stream *stream = &streams[pair];
    for (;;) {
        wait_for_turn(stream, 1);
        if (stream->length == 0)
            return;
        size_t at = 0;
        for (;;) {
            size_t length = 1 + next_random(random) % sizeof buffers[0], done;
            int error = receive(number_of(&stream->receiver), buffers[pair], length, &done);
            if (error == BADF)
                continue;
            if (error != 0)
                fail("sock_recv", error);
            if (done == 0)
                break;
            size_t wrong = 0;
            for (size_t i = 0; i < done; i++)
                wrong += buffers[pair][i] != byte_of(pair, stream->round, at + i);
            COUNT(wrong, wrong);
            at += done;
            COUNT(received, done);
            do_something(self, random);
        }
        if (at != stream->length)
            fail("bytes of a stream that did not come", (int)(stream->length - at));
        close_end(&stream->receiver);
        set_turn(stream);
    }
}

static void
work(Thread *thread)
{
    int self = thread->argument;
    unsigned random = 88172645u + 7919u * (unsigned)self;
    if (self % 2 == 0)
        send_streams(self, self / 2, &random);
    else
        receive_streams(self, self / 2, &random);
    __atomic_fetch_sub(&active, 1, __ATOMIC_SEQ_CST);
}

static void
do_nothing(Thread *thread)
{
    __atomic_fetch_sub(&active, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&active, __ATOMIC_SEQ_CST) > 0)
        sched_yield();
    thread->result = 0;
}

static void
start_all(void (*run)(Thread *))
{
    __atomic_store_n(&active, THREADS, __ATOMIC_SEQ_CST);
    for (int i = 0; i < THREADS; i++)
        /* The number of one that has ended is free a moment later. */
        while (start(&threads[i], run, i) < 0)
            sched_yield();
}

static uint64_t
time_now(void)
{
    uint64_t time;
    must("clock_time_get", clock_time_get(MONOTONIC, 1, &time));
    return time;
}

__attribute__((export_name("_start"))) void
_start(void)
{
    load_words();
    rounds = number_in(words[1]);
    uint64_t seconds = (uint64_t)number_in(words[2]);
    for (int i = 0; i < PAIRS; i++)
        streams[i].sender.fd = streams[i].receiver.fd = -1;
    /* All threads have been there once: what they need for themselves is open. */
    start_all(do_nothing);
    for (int i = 0; i < THREADS; i++)
        join(&threads[i]);
    let_look("ready\n");
    if (seconds > 0)
        rounds = 0;
    uint64_t end = time_now() + seconds * 1000000000;
    start_all(work);
    for (unsigned i = 0; __atomic_load_n(&active, __ATOMIC_SEQ_CST) > 0; i++) {
        if (seconds > 0 && time_now() >= end)
            __atomic_store_n(&stopping, 1, __ATOMIC_SEQ_CST);
        /* Whoever is blocked when the others have ended is woken from here. */
        if (!close_a_victim(i))
            give_time();
    }
    for (int i = 0; i < THREADS; i++)
        join(&threads[i]);
    char stat[24];
    for (int fd = 0; fd < MAX_NUMBERS; fd++)
        if (fd_fdstat_get(fd, stat) != BADF && fd > 2)
            fail("still open", fd);
    report_large("sent", total.sent);
    report_large("received", total.received);
    report_large("wrong", total.wrong);
    report_large("moved while in use", total.moved);
    report_large("closed under others", total.closed_under);
    report_large("calls woken by that", total.woken);
    report_large("sockets of one's own", total.small);
    let_look("done\n");
}
