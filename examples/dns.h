/* What dns_server.c and dns_client.c share: the numbers of DNS, and names as text and in messages. Source: RFC 1035. */
#ifndef DNS_H
#define DNS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DNS_HEADER_BYTES 12
#define DNS_MAX_UDP_BYTES 512
#define DNS_MAX_NAME_BYTES 255
#define DNS_MAX_LABEL_BYTES 63

/* The 16-bit field behind the id: */
#define DNS_RESPONSE 0x8000
#define DNS_OPCODE 0x7800
#define DNS_AUTHORITATIVE 0x0400
#define DNS_TRUNCATED 0x0200
#define DNS_RECURSION_DESIRED 0x0100
#define DNS_RECURSION_AVAILABLE 0x0080
#define DNS_RCODE 0x000f

enum dns_rcode { NOERROR = 0, FORMERR = 1, SERVFAIL = 2, NXDOMAIN = 3, NOTIMP = 4, REFUSED = 5 };
enum dns_type { TYPE_A = 1, TYPE_NS = 2, TYPE_CNAME = 5, TYPE_PTR = 12, TYPE_MX = 15, TYPE_TXT = 16, TYPE_AAAA = 28, TYPE_ANY = 255 };
enum dns_class { CLASS_IN = 1, CLASS_ANY = 255 };

static const struct {
    const char *name;
    int type;
} DNS_TYPES[] = {
    {"A", TYPE_A},   {"NS", TYPE_NS},   {"CNAME", TYPE_CNAME}, {"PTR", TYPE_PTR},
    {"MX", TYPE_MX}, {"TXT", TYPE_TXT}, {"AAAA", TYPE_AAAA},   {"ANY", TYPE_ANY},
};

static inline int
get16(const uint8_t *at)
{
    return at[0] << 8 | at[1];
}

static inline uint8_t *
put16(uint8_t *at, int value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

/* A name as messages have it: each label behind its length, at the end a 0. Its size, or 0 if the text is no name. */
static inline size_t
dns_name_from_text(const char *text, uint8_t name[DNS_MAX_NAME_BYTES])
{
    size_t size = 0;
    if (strcmp(text, ".") == 0)
        text = "";
    while (*text != '\0') {
        size_t label = strcspn(text, ".");
        if (label == 0 || label > DNS_MAX_LABEL_BYTES || size + 1 + label + 1 > DNS_MAX_NAME_BYTES)
            return 0;
        name[size] = (uint8_t)label;
        memcpy(name + size + 1, text, label);
        size += 1 + label;
        text += label + (text[label] == '.');
    }
    name[size] = 0;
    return size + 1;
}

/* Names are compared without regard to case: RFC 4343. A length is at most 63, and no letter has such a number. */
static inline int
dns_is_same_name(const uint8_t *a, const uint8_t *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        int x = a[i] >= 'A' && a[i] <= 'Z' ? a[i] + 32 : a[i];
        int y = b[i] >= 'A' && b[i] <= 'Z' ? b[i] + 32 : b[i];
        if (x != y)
            return 0;
    }
    return 1;
}

#endif
