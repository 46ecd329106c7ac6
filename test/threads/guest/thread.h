/*
 * A freestanding C program with wasi-threads: no threaded C library can be had everywhere, and none is needed to test the
 * host. Compiled with THREAD_FLAGS of ../guest.ts.
 */
#ifndef BERTH_TEST_THREAD_H
#define BERTH_TEST_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define WASI(name) IMPORT("wasi_snapshot_preview1", #name)

/* __wasi_addr_t for IPv4 */
struct address {
    uint32_t kind;
    uint8_t host[4];
    uint16_t port;
    uint8_t rest[14];
};

struct piece {
    void *bytes;
    size_t length;
};

struct subscription {
    uint64_t userdata;
    uint64_t tag; /* 0 clock, 1 read, 2 write: the low byte */
    uint32_t what; /* clock or descriptor */
    uint64_t timeout, precision;
    uint16_t flags;
};

struct event {
    uint64_t userdata;
    uint16_t error;
    uint8_t type;
    uint64_t bytes;
    uint16_t flags;
};

WASI(args_get) int args_get(char **pointers, char *bytes);
WASI(args_sizes_get) int args_sizes_get(size_t *count, size_t *bytes);
WASI(fd_close) int fd_close(int fd);
WASI(fd_read) int fd_read(int fd, const struct piece *pieces, size_t count, size_t *done);
WASI(fd_readdir) int fd_readdir(int fd, void *room, size_t length, uint64_t cookie, size_t *used);
WASI(fd_renumber) int fd_renumber(int from, int to);
WASI(fd_write) int fd_write(int fd, const struct piece *pieces, size_t count, size_t *done);
WASI(poll_oneoff) int poll_oneoff(const struct subscription *in, struct event *out, size_t count, size_t *events);
WASI(proc_exit) _Noreturn void proc_exit(int code);
WASI(sched_yield) int sched_yield(void);
WASI(sock_accept) int sock_accept(int fd, int flags, int *accepted);
WASI(sock_addr_local) int sock_addr_local(int fd, struct address *address);
WASI(sock_addr_resolve) int sock_addr_resolve(const char *, const char *, void *, void *, int, int *);
WASI(sock_bind) int sock_bind(int fd, struct address *address);
WASI(sock_connect) int sock_connect(int fd, struct address *address);
WASI(sock_listen) int sock_listen(int fd, int backlog);
WASI(sock_open) int sock_open(int pool, int family, int type, int *fd);
WASI(sock_recv) int sock_recv(int fd, struct piece *, size_t, int flags, size_t *done, uint16_t *out);
WASI(sock_recv_from) int sock_recv_from(int fd, struct piece *, size_t, int flags, struct address *, size_t *done);
WASI(sock_send) int sock_send(int fd, const struct piece *, size_t, int flags, size_t *done);
WASI(sock_set_recv_buf_size) int sock_set_recv_buf_size(int fd, int size);
IMPORT("wasi", "thread-spawn") int thread_spawn(void *start);

enum { BADF = 8, STREAM = 1, DATAGRAM = 0 };

/* --- waiting ----------------------------------------------------------------------------------------------------- */

/* Apart, since Node.js 20 forgets local variables of a function that waits. */
__attribute__((noinline, unused)) static void
wait_while(int *word, int value)
{
    __builtin_wasm_memory_atomic_wait32(word, value, -1);
}

/*
 * Time for a thread that is about to block to do so. Giving up the processor instead costs a time slice each time on a
 * machine that is busy.
 */
__attribute__((noinline, unused)) static void
give_time(void)
{
    static int nobody;
    __builtin_wasm_memory_atomic_wait32(&nobody, 0, 2000000);
}

#ifndef LIB_PTHREAD

/* --- threads --------------------------------------------------------------------------------------------------- */

enum { STACK_BYTES = 16384 };

typedef struct thread {
    char *stack_top; /* first: read before there is a stack */
    void (*run)(struct thread *);
    int number;
    int argument;
    int result;
    int done;
    char stack[STACK_BYTES] __attribute__((aligned(16)));
} Thread;

__asm__(".globaltype __stack_pointer, i32\n"
        ".globl wasi_thread_start\n"
        ".export_name wasi_thread_start, wasi_thread_start\n"
        ".type wasi_thread_start,@function\n"
        "wasi_thread_start:\n"
        ".functype wasi_thread_start (i32, i32) -> ()\n"
        "local.get 1\n"
        "i32.load 0\n"
        "global.set __stack_pointer\n"
        "local.get 0\n"
        "local.get 1\n"
        "call thread_main\n"
        "end_function\n");

__attribute__((used)) void
thread_main(int number, Thread *thread)
{
    thread->number = number;
    thread->run(thread);
    __atomic_store_n(&thread->done, 1, __ATOMIC_SEQ_CST);
    __builtin_wasm_memory_atomic_notify(&thread->done, 1);
}

/* Returns what thread-spawn returns. */
static inline int
start(Thread *thread, void (*run)(Thread *), int argument)
{
    thread->stack_top = thread->stack + STACK_BYTES;
    thread->run = run;
    thread->argument = argument;
    thread->result = -1;
    thread->done = 0;
    return thread_spawn(thread);
}

static inline int
join(Thread *thread)
{
    while (__atomic_load_n(&thread->done, __ATOMIC_SEQ_CST) == 0)
        wait_while(&thread->done, 0);
    return thread->result;
}

#endif

/* --- words ------------------------------------------------------------------------------------------------------- */

static inline size_t
length_of(const char *text)
{
    size_t length = 0;
    while (text[length] != 0)
        length++;
    return length;
}

static inline bool
same(const char *a, const char *b)
{
    while (*a != 0 && *a == *b)
        a++, b++;
    return *a == *b;
}

/* What the main thread itself can do to end the program. Answers whether it is to return. */
static inline bool
ends_by_itself(const char *way)
{
    if (same(way, "exit"))
        proc_exit(7);
    if (same(way, "trap"))
        __builtin_trap();
    return same(way, "return");
}

static inline void
say(const char *text)
{
    size_t done;
    fd_write(1, &(struct piece){ (void *)text, length_of(text) }, 1, &done);
}

/* One line, in one write. */
static inline void
report(const char *what, int number)
{
    char line[128], digits[12];
    size_t at = 0, count = 0;
    while (*what != 0)
        line[at++] = *what++;
    line[at++] = ' ';
    unsigned rest = number < 0 ? -(unsigned)number : (unsigned)number;
    do
        digits[count++] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (number < 0)
        line[at++] = '-';
    while (count > 0)
        line[at++] = digits[--count];
    line[at++] = '\n';
    size_t done;
    fd_write(1, &(struct piece){ line, at }, 1, &done);
}

static inline void
must(const char *what, int error)
{
    if (error == 0)
        return;
    report(what, error);
    proc_exit(99);
}

/* Says so, and waits for the test to look at the process. */
static inline void
let_look(const char *what)
{
    char word;
    size_t done;
    say(what);
    must("fd_read", fd_read(0, &(struct piece){ &word, 1 }, 1, &done));
}

static inline int
number_in(const char *text)
{
    int number = 0;
    while (*text >= '0' && *text <= '9')
        number = 10 * number + (*text++ - '0');
    return number;
}

static char *words[16];
static char word_bytes[512];
static size_t word_count;

static inline void
load_words(void)
{
    size_t bytes;
    args_sizes_get(&word_count, &bytes);
    if (word_count > 16 || bytes > sizeof word_bytes)
        proc_exit(98);
    args_get(words, word_bytes);
}

/* --- sockets ----------------------------------------------------------------------------------------------------- */

static inline struct address
loopback(uint16_t port)
{
    return (struct address){ .host = { 127, 0, 0, 1 }, .port = port };
}

static inline int
open_socket(int type)
{
    int fd;
    must("sock_open", sock_open(-1, 0, type, &fd));
    return fd;
}

static inline int
bound(int type, uint16_t *port)
{
    int fd = open_socket(type);
    struct address address = loopback(0);
    must("sock_bind", sock_bind(fd, &address));
    must("sock_addr_local", sock_addr_local(fd, &address));
    *port = address.port;
    return fd;
}

static inline int
listening(uint16_t *port)
{
    int fd = bound(STREAM, port);
    must("sock_listen", sock_listen(fd, 128));
    return fd;
}

static inline int
connected(uint16_t port)
{
    int fd = open_socket(STREAM);
    struct address address = loopback(port);
    must("sock_connect", sock_connect(fd, &address));
    return fd;
}

/* An errno, or 0 with the bytes in `done`. */
static inline int
receive(int fd, void *bytes, size_t length, size_t *done)
{
    uint16_t flags;
    return sock_recv(fd, &(struct piece){ bytes, length }, 1, 0, done, &flags);
}

static inline int
send_all(int fd, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length > 0) {
        size_t done;
        int error = sock_send(fd, &(struct piece){ (void *)next, length }, 1, 0, &done);
        if (error != 0)
            return error;
        next += done;
        length -= done;
    }
    return 0;
}

#endif
