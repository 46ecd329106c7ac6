/*
 * `pingpong PORT BYTES ROUNDS [blocking|libc]`: what bench/programs/pingpong.c does, as the core module of a WASI 0.2
 * component. The compiler here has no C library for WASI 0.2, so the canonical ABI is written out; pingpong.wit has the
 * types.
 *
 * Two ways to send and receive, each call a trip to the host:
 *   blocking  blocking-write-and-flush, blocking-read: the fewest calls WASI 0.2 allows, two a round trip (the default)
 *   libc      what send() and recv() of wasi-libc do: check-write, write, read and, where there is nothing, block and
 *             read again
 * Both leave Nagle's algorithm on: WASI 0.2 has no TCP_NODELAY. It delays nothing while each end waits for the other.
 */
#include <stddef.h>
#include <stdint.h>

#define IMPORT(interface, function) __attribute__((import_module("wasi:" interface "@0.2.3"), import_name(function)))
#define EXPORT(name) __attribute__((export_name(name), used))

/* Resources are indices into a table of the instance. */
typedef uint32_t handle;

/* A `list<u8>`, a `string`, and what returns one. */
struct list {
    char *data;
    size_t length;
};
struct strings {
    struct list *data;
    size_t length;
};

/* Results in memory: the case first, then the larger of both payloads at its alignment. */
enum { OK, ERROR };
enum { STREAM_FAILED, STREAM_CLOSED };
struct stream_result {
    uint8_t tag;
    union {
        struct list bytes;
        struct {
            uint8_t tag;
            handle error;
        } error;
    };
};
struct write_permit {
    uint8_t tag;
    union {
        uint64_t bytes;
        struct {
            uint8_t tag;
            handle error;
        } error;
    };
};
struct socket_result {
    uint8_t tag;
    union {
        handle socket;
        uint8_t error;
    };
};
struct connect_result {
    uint8_t tag, error;
};
struct connected_result {
    uint8_t tag;
    union {
        struct {
            handle input, output;
        };
        uint8_t error;
    };
};
_Static_assert(sizeof(struct stream_result) == 12 && offsetof(struct stream_result, bytes) == 4, "result<list<u8>, _>");
_Static_assert(sizeof(struct write_permit) == 16 && offsetof(struct write_permit, bytes) == 8, "result<u64, _>");
_Static_assert(sizeof(struct connected_result) == 12, "result<tuple<own, own>, _>");

enum { IPV4, IPV6 };
enum { ERROR_WOULD_BLOCK = 8 };

IMPORT("cli/environment", "get-arguments") void get_arguments(struct strings *);
IMPORT("cli/stdout", "get-stdout") handle get_stdout(void);
IMPORT("cli/stderr", "get-stderr") handle get_stderr(void);
IMPORT("clocks/monotonic-clock", "now") uint64_t now_ns(void);
IMPORT("io/poll", "[method]pollable.block") void pollable_block(handle);
IMPORT("io/poll", "[resource-drop]pollable") void pollable_drop(handle);
IMPORT("io/streams", "[method]input-stream.read") void input_read(handle, uint64_t, struct stream_result *);
IMPORT("io/streams", "[method]input-stream.blocking-read")
void input_blocking_read(handle, uint64_t, struct stream_result *);
IMPORT("io/streams", "[method]input-stream.subscribe") handle input_subscribe(handle);
IMPORT("io/streams", "[method]output-stream.check-write") void output_check_write(handle, struct write_permit *);
IMPORT("io/streams", "[method]output-stream.write")
void output_write(handle, const char *, size_t, struct stream_result *);
IMPORT("io/streams", "[method]output-stream.blocking-write-and-flush")
void output_blocking_write(handle, const char *, size_t, struct stream_result *);
IMPORT("io/streams", "[method]output-stream.subscribe") handle output_subscribe(handle);
IMPORT("sockets/instance-network", "instance-network") handle instance_network(void);
IMPORT("sockets/tcp-create-socket", "create-tcp-socket") void create_tcp_socket(int32_t family, struct socket_result *);
IMPORT("sockets/tcp", "[method]tcp-socket.subscribe") handle socket_subscribe(handle);
IMPORT("sockets/tcp", "[method]tcp-socket.finish-connect") void finish_connect(handle, struct connected_result *);
/* The address is flattened to its case and the eleven words of the longer one, IPv6; IPv4 uses five. */
IMPORT("sockets/tcp", "[method]tcp-socket.start-connect")
void start_connect(handle, handle network, int32_t family, int32_t port, int32_t a, int32_t b, int32_t c, int32_t d,
                   int32_t, int32_t, int32_t, int32_t, int32_t, int32_t, struct connect_result *);

static char buffer[1 << 16];

/* Where the host puts lists; whoever has read one empties it. */
static struct {
    _Alignas(16) char bytes[1 << 17];
    size_t used;
} arena;

EXPORT("cabi_realloc") void *cabi_realloc(void *old, size_t old_size, size_t alignment, size_t size)
{
    size_t start = (arena.used + alignment - 1) & ~(alignment - 1);
    if (old || old_size || size > sizeof arena.bytes - start) __builtin_trap();
    arena.used = start + size;
    return arena.bytes + start;
}

static void print(handle output, const char *text, size_t length)
{
    struct stream_result result;
    output_blocking_write(output, text, length, &result);
}

static _Noreturn void fail_with(const char *line, size_t length)
{
    print(get_stderr(), line, length);
    __builtin_trap();
}

/* Takes a literal: there is no strlen(). */
#define fail(what) fail_with(what " failed\n", sizeof what " failed\n" - 1)

static int number(struct list text)
{
    int value = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') fail("reading a number");
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

struct connection {
    handle input, output, input_pollable, output_pollable;
};

static struct connection connect_to(int port)
{
    struct socket_result socket;
    create_tcp_socket(IPV4, &socket);
    if (socket.tag != OK) fail("socket");
    struct connect_result started;
    start_connect(socket.socket, instance_network(), IPV4, port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, &started);
    if (started.tag != OK) fail("start-connect");
    handle pollable = socket_subscribe(socket.socket);
    struct connected_result connected;
    for (;;) {
        finish_connect(socket.socket, &connected);
        if (connected.tag == OK) break;
        if (connected.error != ERROR_WOULD_BLOCK) fail("finish-connect");
        pollable_block(pollable);
    }
    pollable_drop(pollable);
    return (struct connection){connected.input, connected.output, input_subscribe(connected.input),
                               output_subscribe(connected.output)};
}

/* The most that blocking-write-and-flush takes. */
enum { MAX_BLOCKING_WRITE = 4096 };

static size_t send_blocking(struct connection *to, const char *data, size_t length)
{
    struct stream_result result;
    if (length > MAX_BLOCKING_WRITE) length = MAX_BLOCKING_WRITE;
    output_blocking_write(to->output, data, length, &result);
    if (result.tag != OK) fail("blocking-write-and-flush");
    return length;
}

static size_t send_libc(struct connection *to, const char *data, size_t length)
{
    struct write_permit permit;
    for (;;) {
        output_check_write(to->output, &permit);
        if (permit.tag != OK) fail("check-write");
        if (permit.bytes > 0) break;
        pollable_block(to->output_pollable);
    }
    struct stream_result result;
    if (length > permit.bytes) length = (size_t)permit.bytes;
    output_write(to->output, data, length, &result);
    if (result.tag != OK) fail("write");
    return length;
}

static size_t take(struct stream_result *result, char *data)
{
    size_t length = result->bytes.length;
    __builtin_memcpy(data, result->bytes.data, length);
    arena.used = 0;
    return length;
}

static size_t receive_blocking(struct connection *from, char *data, size_t length)
{
    struct stream_result result;
    input_blocking_read(from->input, length, &result);
    if (result.tag != OK) fail("blocking-read");
    return take(&result, data);
}

static size_t receive_libc(struct connection *from, char *data, size_t length)
{
    struct stream_result result;
    for (;;) {
        input_read(from->input, length, &result);
        if (result.tag != OK) fail("read");
        if (result.bytes.length > 0) return take(&result, data);
        pollable_block(from->input_pollable);
    }
}

static void round_trips(struct connection *peer, size_t bytes, int rounds, int like_libc)
{
    for (int i = 0; i < rounds; i++) {
        buffer[0] = (char)i;
        for (size_t sent = 0; sent < bytes;)
            sent += like_libc ? send_libc(peer, buffer + sent, bytes - sent)
                              : send_blocking(peer, buffer + sent, bytes - sent);
        for (size_t got = 0; got < bytes;)
            got += like_libc ? receive_libc(peer, buffer + got, bytes - got)
                             : receive_blocking(peer, buffer + got, bytes - got);
        if (buffer[0] != (char)i) fail("comparing the echo");
    }
}

/* Prints a figure with three decimals. */
static void print_thousandths(uint64_t value)
{
    char text[24], *end = text + sizeof text, *at = end;
    *--at = '\n';
    for (int digits = 0; digits < 4 || value > 0; digits++) {
        if (digits == 3) *--at = '.';
        *--at = (char)('0' + value % 10);
        value /= 10;
    }
    print(get_stdout(), at, (size_t)(end - at));
}

/* `run: func() -> result`. */
EXPORT("wasi:cli/run@0.2.3#run") int32_t run(void)
{
    struct strings arguments;
    get_arguments(&arguments);
    if (arguments.length < 4 || arguments.length > 5) return ERROR;
    int port = number(arguments.data[1]), rounds = number(arguments.data[3]);
    size_t bytes = (size_t)number(arguments.data[2]);
    int like_libc = arguments.length == 5 && arguments.data[4].data[0] == 'l';
    arena.used = 0;
    if (bytes > sizeof buffer || rounds == 0) return ERROR;

    struct connection peer = connect_to(port);
    round_trips(&peer, bytes, 3000 + rounds / 10, like_libc);
    uint64_t start = now_ns();
    round_trips(&peer, bytes, rounds, like_libc);
    print_thousandths((now_ns() - start) / (uint64_t)rounds);
    return OK;
}
