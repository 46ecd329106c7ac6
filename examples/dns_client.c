/*
 * Asks a DNS server one question over UDP and prints the answer.
 *
 *     dns_client [-p PORT] [-t SECONDS] [-n TRIES] NAME [TYPE [SERVER]]
 *
 * TYPE is A (the default), AAAA, TXT, CNAME, MX, NS, PTR, ANY, or a number; SERVER a numeric address, 127.0.0.1 by default.
 * Waits SECONDS (default: 2) for each of TRIES (default: 3). Exit code: 0, 1 if the server reports an error (NXDOMAIN, ...),
 * 2 for wrong arguments, 3 if there was no answer.
 *
 *     cc -O2 examples/dns_client.c -o dns_client && ./dns_client -p 5300 www.example.test AAAA
 *
 *     npx berth cc -O2 examples/dns_client.c -o dns_client.wasm
 *     npx iwasm --addr-pool=127.0.0.1/32 dns_client.wasm -p 5300 www.example.test AAAA
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "dns.h"

#define MAX_MESSAGE_BYTES 65535

static const char *const RCODES[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};

/* A message and how far it has been read. Once something was wrong with it nothing more comes out of it. */
struct reader {
    const uint8_t *message;
    size_t size, at;
    int is_broken;
};

static void
fail(const char *what)
{
    perror(what);
    exit(3);
}

static int64_t
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const uint8_t *
read_bytes(struct reader *reader, size_t count)
{
    if (reader->is_broken || reader->size - reader->at < count) {
        reader->is_broken = 1;
        return NULL;
    }
    reader->at += count;
    return reader->message + reader->at - count;
}

static int
read16(struct reader *reader)
{
    const uint8_t *bytes = read_bytes(reader, 2);
    return bytes == NULL ? 0 : get16(bytes);
}

/* A name in full, its references followed. Each must go further back than the one before, so that there is an end. */
static size_t
read_name(struct reader *reader, uint8_t name[DNS_MAX_NAME_BYTES])
{
    size_t size = 0, at = reader->at, earliest = reader->at;
    int has_jumped = 0;
    while (!reader->is_broken) {
        size_t length = at < reader->size ? reader->message[at] : 256;
        if (length >= 0xc0 && at + 1 < reader->size) {
            size_t target = (size_t)get16(reader->message + at) & 0x3fff;
            if (!has_jumped)
                reader->at = at + 2;
            has_jumped = 1;
            reader->is_broken = target >= earliest;
            at = earliest = target;
            continue;
        }
        reader->is_broken = length > DNS_MAX_LABEL_BYTES || at + 1 + length > reader->size
                            || size + 1 + length > DNS_MAX_NAME_BYTES;
        if (reader->is_broken)
            break;
        memcpy(name + size, reader->message + at, 1 + length);
        size += 1 + length;
        at += 1 + length;
        if (length == 0) {
            if (!has_jumped)
                reader->at = at;
            return size;
        }
    }
    name[0] = 0;
    return 1;
}

/* Bytes from the network do not reach a terminal as they are. */
static void
print_bytes(const uint8_t *bytes, size_t size, const char *escaped)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] < ' ' || bytes[i] > '~')
            printf("\\%03d", bytes[i]);
        else
            printf(strchr(escaped, bytes[i]) != NULL ? "\\%c" : "%c", bytes[i]);
    }
}

static void
print_name(const uint8_t *name)
{
    if (*name == 0)
        printf(".");
    for (; *name != 0; name += 1 + *name) {
        print_bytes(name + 1, *name, ".\\\"();@$");
        printf(".");
    }
}

static void
print_type(int type)
{
    for (size_t i = 0; i < sizeof DNS_TYPES / sizeof *DNS_TYPES; i++) {
        if (DNS_TYPES[i].type == type) {
            printf("%s", DNS_TYPES[i].name);
            return;
        }
    }
    printf("TYPE%d", type);
}

static void
print_data(struct reader *reader, int type, size_t size)
{
    size_t end = reader->at + size;
    uint8_t name[DNS_MAX_NAME_BYTES];
    char text[INET6_ADDRSTRLEN];
    if ((type == TYPE_A && size == 4) || (type == TYPE_AAAA && size == 16)) {
        printf(" %s", inet_ntop(size == 4 ? AF_INET : AF_INET6, reader->message + reader->at, text, sizeof text));
    } else if (type == TYPE_TXT) {
        while (reader->at < end && !reader->is_broken) {
            size_t length = *read_bytes(reader, 1);
            const uint8_t *bytes = length > end - reader->at ? NULL : read_bytes(reader, length);
            reader->is_broken |= bytes == NULL;
            if (bytes != NULL) {
                printf(" \"");
                print_bytes(bytes, length, "\"\\");
                printf("\"");
            }
        }
    } else if (type == TYPE_CNAME || type == TYPE_NS || type == TYPE_PTR || (type == TYPE_MX && size > 2)) {
        if (type == TYPE_MX)
            printf(" %d", read16(reader));
        read_name(reader, name);
        printf(" ");
        print_name(name);
        reader->is_broken |= reader->at != end;
    } else {
        printf(" \\# %zu ", size);
        for (size_t i = 0; i < size; i++)
            printf("%02x", reader->message[reader->at + i]);
    }
    reader->at = end;
}

/* Prints a reply that belongs to the question. The exit code. */
static int
print_reply(struct reader *reader)
{
    uint8_t name[DNS_MAX_NAME_BYTES];
    int flags, rcode, counts[4];
    reader->at = 2;
    flags = read16(reader);
    rcode = flags & DNS_RCODE;
    for (int i = 0; i < 4; i++)
        counts[i] = read16(reader);
    if ((size_t)rcode < sizeof RCODES / sizeof *RCODES)
        printf(";; %s", RCODES[rcode]);
    else
        printf(";; RCODE%d", rcode);
    printf(", answers: %d%s%s\n", counts[1], flags & DNS_AUTHORITATIVE ? ", authoritative" : "",
           flags & DNS_TRUNCATED ? ", truncated" : "");
    for (int i = 0; i < counts[0]; i++) {
        read_name(reader, name);
        read_bytes(reader, 4);
    }
    for (int i = 0; i < counts[1] && !reader->is_broken; i++) {
        const uint8_t *fixed;
        read_name(reader, name);
        fixed = read_bytes(reader, 10); /* type, class, time to live, size */
        if (fixed == NULL || reader->size - reader->at < (size_t)get16(fixed + 8)) {
            reader->is_broken = 1;
            break;
        }
        print_name(name);
        printf(" %lu IN ", (unsigned long)get16(fixed + 4) << 16 | (unsigned long)get16(fixed + 6));
        print_type(get16(fixed));
        print_data(reader, get16(fixed), (size_t)get16(fixed + 8));
        printf("\n");
    }
    if (reader->is_broken) {
        printf(";; the rest of the reply is malformed\n");
        return 3;
    }
    return rcode == NOERROR ? 0 : 1;
}

/* Whether this is the reply to the query: id, and the question as it was asked. An error may come without the question. */
static int
belongs_to(const uint8_t *query, size_t query_size, const uint8_t *reply, size_t size)
{
    if (size < DNS_HEADER_BYTES || memcmp(reply, query, 2) != 0 || (get16(reply + 2) & DNS_RESPONSE) == 0)
        return 0;
    if (get16(reply + 4) == 0 && (get16(reply + 2) & DNS_RCODE) != NOERROR)
        return 1;
    return get16(reply + 4) == 1 && size >= query_size
           && dns_is_same_name(reply + DNS_HEADER_BYTES, query + DNS_HEADER_BYTES, query_size - DNS_HEADER_BYTES - 4)
           && memcmp(reply + query_size - 4, query + query_size - 4, 4) == 0;
}

/* Sends the query and waits for its reply; others that come meanwhile do not prolong the wait. 0: there was none. */
static size_t
ask(int fd, const uint8_t *query, size_t query_size, uint8_t *reply, int64_t timeout_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int64_t deadline_ms = now_ms() + timeout_ms, left;
    if (send(fd, query, query_size, MSG_NOSIGNAL) < 0) {
        perror("send");
        return 0;
    }
    while ((left = deadline_ms - now_ms()) > 0) {
        ssize_t size;
        wait.revents = 0;
        if (poll(&wait, 1, (int)left) < 0 && errno != EINTR)
            fail("poll");
        if (wait.revents == 0)
            continue;
        /* Ready need not mean that there is something: a datagram may turn out to be damaged. */
        size = recv(fd, reply, MAX_MESSAGE_BYTES, MSG_DONTWAIT);
        if (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
            perror("recv"); /* ECONNREFUSED: nobody listens there */
            return 0;
        }
        if (size > 0 && belongs_to(query, query_size, reply, (size_t)size))
            return (size_t)size;
    }
    return 0;
}

/* A type by its name or number; 0 if it is none. */
static int
type_from_text(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);
    for (size_t i = 0; i < sizeof DNS_TYPES / sizeof *DNS_TYPES; i++)
        if (strcasecmp(text, DNS_TYPES[i].name) == 0)
            return DNS_TYPES[i].type;
    return *end == '\0' && number > 0 && number <= 65535 ? (int)number : 0;
}

static size_t
make_query(uint8_t *query, const char *name, const char *type_text)
{
    size_t name_size = dns_name_from_text(name, query + DNS_HEADER_BYTES);
    int type = type_from_text(type_text);
    if (name_size == 0 || type == 0) {
        fprintf(stderr, "%s is not a %s\n", type == 0 ? type_text : name, type == 0 ? "type" : "name");
        exit(2);
    }
    memset(query, 0, DNS_HEADER_BYTES);
    put16(query + 2, DNS_RECURSION_DESIRED);
    put16(query + 4, 1);
    put16(put16(query + DNS_HEADER_BYTES + name_size, type), CLASS_IN);
    return DNS_HEADER_BYTES + name_size + 4;
}

/* A socket that takes datagrams from this server only: the kernel drops those of others. */
static int
open_socket(const char *server, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *found;
    int fd, error = getaddrinfo(server, port, &hints, &found);
    if (error != 0) {
        fprintf(stderr, "%s port %s: %s\n", server, port, gai_strerror(error));
        exit(2);
    }
    fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket");
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0)
        fail("connect");
    freeaddrinfo(found);
    return fd;
}

int
main(int argc, char **argv)
{
    static uint8_t reply[MAX_MESSAGE_BYTES];
    uint8_t query[DNS_HEADER_BYTES + DNS_MAX_NAME_BYTES + 4];
    const char *port = "53";
    int64_t timeout_ms = 2000;
    int tries = 3, option;
    size_t query_size, size = 0;
    while ((option = getopt(argc, argv, "p:t:n:")) != -1) {
        if (option == 'p')
            port = optarg;
        else if (option == 't')
            timeout_ms = (int64_t)(strtod(optarg, NULL) * 1000);
        else if (option == 'n')
            tries = atoi(optarg);
        else
            optind = argc;
    }
    if (optind >= argc || argc - optind > 3 || timeout_ms <= 0 || timeout_ms > 3600000 || tries <= 0) {
        fprintf(stderr, "usage: dns_client [-p PORT] [-t SECONDS] [-n TRIES] NAME [TYPE [SERVER]]\n");
        return 2;
    }
    query_size = make_query(query, argv[optind], optind + 1 < argc ? argv[optind + 1] : "A");
    for (int i = 0; i < tries && size == 0; i++) {
        /* A new id and, with a new socket, a new port each time: who cannot see the query has to guess both. */
        int fd = open_socket(optind + 2 < argc ? argv[optind + 2] : "127.0.0.1", port);
        if (getentropy(query, 2) != 0)
            fail("getentropy");
        size = ask(fd, query, query_size, reply, timeout_ms);
        close(fd);
    }
    if (size == 0) {
        fprintf(stderr, "no reply\n");
        return 3;
    }
    return print_reply(&(struct reader){.message = reply, .size = size});
}
