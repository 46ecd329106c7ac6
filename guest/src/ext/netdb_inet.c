/*
 * The older functions for IPv4 addresses, which WASI libc of 2022 leaves out but for `inet_aton`. In newer ones `inet_aton`
 * does not take what stands behind a blank, and `inet_network` reads "10.1" as 10.0.0.1, which on Linux is 10.1.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define PARTS 4

/* The network part of an address, in the days of classes: how many bits the host has. */
static unsigned
host_bits(uint32_t addr)
{
    return addr >> 31 == 0 ? 24 : addr >> 30 == 2 ? 16 : 8;
}

/* One to four numbers, the last of which fills the bytes that are left; each decimal, octal or hexadecimal. */
int
inet_aton(const char *text, struct in_addr *addr)
{
    uint32_t number = 0;
    for (unsigned left = 32;; text++) {
        char *end;
        if (!isdigit((unsigned char)*text))
            return 0;
        unsigned long long value = strtoull(text, &end, 0);
        text = end;
        if (*text == '.') {
            if (value > UINT8_MAX || left == 8)
                return 0;
            left -= 8;
            number |= (uint32_t)value << left;
            continue;
        }
        if ((*text != '\0' && !isspace((unsigned char)*text)) || value > UINT32_MAX >> (32 - left))
            return 0;
        if (addr != NULL)
            addr->s_addr = htonl(number | (uint32_t)value);
        return 1;
    }
}

in_addr_t
inet_addr(const char *text)
{
    struct in_addr addr;
    return inet_aton(text, &addr) != 0 ? addr.s_addr : INADDR_NONE;
}

char *
inet_ntoa(struct in_addr addr)
{
    static __thread char text[INET_ADDRSTRLEN];
    (void)inet_ntop(AF_INET, &addr, text, sizeof text);
    return text;
}

/* One to four numbers up to 255 with dots between them, each decimal, octal or hexadecimal. Host byte order. */
in_addr_t
inet_network(const char *text)
{
    uint32_t net = 0;
    for (int part = 0; part < PARTS; part++) {
        uint32_t value = 0, base = 10;
        bool digits = false;
        if (*text == '0') {
            base = 8;
            digits = true;
            text++;
            if (*text == 'x' || *text == 'X') {
                base = 16;
                digits = false;
                text++;
            }
        }
        for (; isxdigit((unsigned char)*text); text++) {
            uint32_t digit = (uint32_t)(isdigit((unsigned char)*text) ? *text - '0' : (*text | 0x20) - 'a' + 10);
            if (digit >= base)
                break;
            value = value * base + digit;
            digits = true;
        }
        if (!digits || value > UINT8_MAX)
            return INADDR_NONE;
        net = net << 8 | value;
        if (*text != '.')
            break;
        if (part == PARTS - 1)
            return INADDR_NONE;
        text++;
    }
    while (isspace((unsigned char)*text))
        text++;
    return *text == '\0' ? net : INADDR_NONE;
}

struct in_addr
inet_makeaddr(in_addr_t net, in_addr_t host)
{
    unsigned shift = net < 1U << 8 ? 24 : net < 1U << 16 ? 16 : net < 1U << 24 ? 8 : 0;
    struct in_addr addr;
    /* A net number from 128 to 255 is not of class A: it has two bytes, the first of which is 0. */
    if (shift == 24 && net > INT8_MAX)
        shift = 16;
    addr.s_addr = htonl(net << shift | (host & (uint32_t)((UINT64_C(1) << shift) - 1)));
    if (shift == 0)
        addr.s_addr = htonl(net | host);
    return addr;
}

in_addr_t
inet_lnaof(struct in_addr addr)
{
    uint32_t number = ntohl(addr.s_addr);
    return number & ((1U << host_bits(number)) - 1);
}

in_addr_t
inet_netof(struct in_addr addr)
{
    uint32_t number = ntohl(addr.s_addr);
    return number >> host_bits(number);
}
