/*
 * An authoritative DNS server over UDP with the records given on the command line.
 *
 *     dns_server [-a ADDRESS] [-p PORT] NAME=ADDRESS ... NAME=txt:TEXT ...
 *
 * Answers questions for A, AAAA, TXT and ANY; other types of a known name have an answer without records, unknown names
 * NXDOMAIN. Answers have at most 512 bytes (there is neither EDNS nor TCP): a longer one is cut and says so. Port 0, the
 * default, lets the kernel choose; the first line printed says which one it is.
 *
 *     cc -O2 examples/dns_server.c -o dns_server
 *     ./dns_server -p 5300 www.example.test=192.0.2.7 www.example.test=2001:db8::7 'www.example.test=txt:hello there'
 *
 *     npx berth cc -O2 examples/dns_server.c -o dns_server.wasm
 *     npx iwasm --addr-pool=127.0.0.1/32 dns_server.wasm -p 5300 www.example.test=192.0.2.7
 *
 *     dig @127.0.0.1 -p 5300 www.example.test
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "dns.h"

#define TTL_SECONDS 60
#define MAX_TEXT_BYTES 4096
#define MAX_STRING_BYTES 255 /* of which a TXT record has one or more */

struct record {
    struct record *next;
    int type;
    size_t name_size, data_size;
    uint8_t name[DNS_MAX_NAME_BYTES];
    uint8_t data[];
};

struct question {
    const uint8_t *name;
    size_t name_size;
    int type, class;
};

static struct record *records;

static void
fail(const char *what)
{
    perror(what);
    exit(1);
}

static void
bad_record(const char *text, const char *why)
{
    fprintf(stderr, "%s: %s\n", text, why);
    exit(2);
}

/* One argument: `name=192.0.2.7`, `name=2001:db8::7`, `name=txt:text`. */
static void
add_record(const char *text)
{
    static struct record **last = &records;
    const char *value = strchr(text, '=');
    struct record *record = calloc(1, sizeof *record + MAX_TEXT_BYTES + MAX_TEXT_BYTES / MAX_STRING_BYTES + 1);
    char name[DNS_MAX_NAME_BYTES + 1];
    if (record == NULL)
        fail("calloc");
    if (value == NULL || value - text > DNS_MAX_NAME_BYTES)
        bad_record(text, "not NAME=ADDRESS or NAME=txt:TEXT");
    memcpy(name, text, (size_t)(value - text));
    name[value++ - text] = '\0';
    record->name_size = dns_name_from_text(name, record->name);
    if (record->name_size == 0 || name[0] == '\0')
        bad_record(text, "not a name");
    if (inet_pton(AF_INET, value, record->data) == 1) {
        record->type = TYPE_A;
        record->data_size = 4;
    } else if (inet_pton(AF_INET6, value, record->data) == 1) {
        record->type = TYPE_AAAA;
        record->data_size = 16;
    } else if (strncmp(value, "txt:", 4) == 0 && strlen(value + 4) <= MAX_TEXT_BYTES) {
        size_t left = strlen(value + 4);
        record->type = TYPE_TXT;
        value += 4;
        do {
            size_t size = left < MAX_STRING_BYTES ? left : MAX_STRING_BYTES;
            record->data[record->data_size++] = (uint8_t)size;
            memcpy(record->data + record->data_size, value, size);
            record->data_size += size;
            value += size;
            left -= size;
        } while (left > 0);
    } else {
        bad_record(text, "neither an address nor txt: and at most 4096 bytes");
    }
    *last = record;
    last = &record->next;
}

/* The end of the question, or NULL where there is not exactly one. A name at this place has nothing that it could refer to,
 * so its labels stand there in full. */
static const uint8_t *
parse_question(const uint8_t *message, size_t size, struct question *question)
{
    size_t at = DNS_HEADER_BYTES;
    int answers = get16(message + 6), authorities = get16(message + 8);
    if (get16(message + 4) != 1 || answers != 0 || authorities != 0)
        return NULL;
    while (at < size && message[at] != 0) {
        if (message[at] > DNS_MAX_LABEL_BYTES)
            return NULL;
        at += 1 + (size_t)message[at];
    }
    at++;
    question->name = message + DNS_HEADER_BYTES;
    question->name_size = at - DNS_HEADER_BYTES;
    if (at + 4 > size || question->name_size > DNS_MAX_NAME_BYTES)
        return NULL;
    question->type = get16(message + at);
    question->class = get16(message + at + 2);
    return message + at + 4;
}

/* Whether the record has this name (1), one below it (0), or neither (-1). */
static int
relation(const struct record *record, const struct question *question)
{
    size_t at = 0;
    while (record->name_size - at > question->name_size)
        at += 1 + (size_t)record->name[at];
    if (record->name_size - at != question->name_size)
        return -1;
    if (!dns_is_same_name(record->name + at, question->name, question->name_size))
        return -1;
    return at == 0;
}

/* Appends the records that answer the question. Their number. */
static int
append_records(const struct question *question, uint8_t **end, const uint8_t *limit, int *rcode, int *flags)
{
    int count = 0;
    *rcode = NXDOMAIN;
    for (const struct record *record = records; record != NULL; record = record->next) {
        int related = relation(record, question);
        if (related >= 0)
            *rcode = NOERROR; /* the name exists, if only because of what is below it */
        if (related != 1 || (question->type != record->type && question->type != TYPE_ANY))
            continue;
        if ((size_t)(limit - *end) < 12 + record->data_size) {
            *flags |= DNS_TRUNCATED;
            break;
        }
        *end = put16(*end, 0xc000 | DNS_HEADER_BYTES); /* the name: that of the question */
        *end = put16(*end, record->type);
        *end = put16(*end, CLASS_IN);
        *end = put16(*end, 0);
        *end = put16(*end, TTL_SECONDS);
        *end = put16(*end, (int)record->data_size);
        memcpy(*end, record->data, record->data_size);
        *end += record->data_size;
        count++;
    }
    return count;
}

/* The size of the reply; 0: none is to be sent. A reply to a reply could go to and fro for ever. */
static size_t
reply_to(const uint8_t *message, size_t size, uint8_t reply[DNS_MAX_UDP_BYTES])
{
    struct question question;
    const uint8_t *question_end = NULL;
    uint8_t *end = reply + DNS_HEADER_BYTES;
    int flags, rcode, questions = 0, answers = 0;
    if (size < DNS_HEADER_BYTES || (get16(message + 2) & DNS_RESPONSE) != 0)
        return 0;
    flags = DNS_RESPONSE | (get16(message + 2) & (DNS_OPCODE | DNS_RECURSION_DESIRED));
    if ((flags & DNS_OPCODE) != 0) {
        rcode = NOTIMP;
    } else if ((question_end = parse_question(message, size, &question)) == NULL) {
        rcode = FORMERR;
    } else {
        size_t question_size = (size_t)(question_end - question.name);
        questions = 1;
        memcpy(end, question.name, question_size);
        end += question_size;
        flags |= DNS_AUTHORITATIVE;
        if (question.class == CLASS_IN || question.class == CLASS_ANY)
            answers = append_records(&question, &end, reply + DNS_MAX_UDP_BYTES, &rcode, &flags);
        else
            rcode = REFUSED;
    }
    memcpy(reply, message, 2); /* the id */
    put16(reply + 2, flags | rcode);
    put16(reply + 4, questions);
    put16(reply + 6, answers);
    memset(reply + 8, 0, 4);
    return (size_t)(end - reply);
}

static int
open_server(const char *address, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *found;
    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    char host[64], number[8];
    int fd, error = getaddrinfo(address, port, &hints, &found);
    if (error != 0) {
        fprintf(stderr, "%s port %s: %s\n", address, port, gai_strerror(error));
        exit(1);
    }
    fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket");
    if (bind(fd, found->ai_addr, found->ai_addrlen) != 0)
        fail("bind");
    freeaddrinfo(found);
    if (getsockname(fd, (struct sockaddr *)&bound, &length) != 0)
        fail("getsockname");
    error = getnameinfo((struct sockaddr *)&bound, length, host, sizeof host, number, sizeof number,
                        NI_NUMERICHOST | NI_NUMERICSERV);
    if (error != 0) {
        fprintf(stderr, "getnameinfo: %s\n", gai_strerror(error));
        exit(1);
    }
    printf("listening on %s:%s\n", host, number);
    fflush(stdout);
    return fd;
}

int
main(int argc, char **argv)
{
    const char *address = "127.0.0.1", *port = "0";
    int option, fd;
    while ((option = getopt(argc, argv, "a:p:")) != -1) {
        if (option == 'a')
            address = optarg;
        else if (option == 'p')
            port = optarg;
        if (option == '?')
            optind = argc;
    }
    if (optind >= argc) {
        fprintf(stderr, "usage: dns_server [-a ADDRESS] [-p PORT] NAME=ADDRESS ... NAME=txt:TEXT ...\n");
        return 2;
    }
    while (optind < argc)
        add_record(argv[optind++]);
    fd = open_server(address, port);
    for (;;) {
        struct sockaddr_storage peer;
        socklen_t peer_length = sizeof peer;
        uint8_t message[4096], reply[DNS_MAX_UDP_BYTES];
        ssize_t received = recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&peer, &peer_length);
        size_t size;
        if (received < 0 && errno != EINTR && errno != ENOMEM && errno != ECONNREFUSED)
            fail("recvfrom");
        size = received < 0 ? 0 : reply_to(message, (size_t)received, reply);
        /* What cannot be sent to one client is no reason to leave the others alone. */
        if (size > 0 && sendto(fd, reply, size, MSG_NOSIGNAL, (struct sockaddr *)&peer, peer_length) < 0)
            perror("sendto");
    }
}
