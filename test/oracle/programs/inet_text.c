/* inet_addr, inet_aton, inet_ntoa, inet_network and the functions for classes of networks. */
#include "names.h"

int
main(void)
{
    check_start();
    static const char *const texts[] = { "1.2.3.4", "1.2.3", "1.2", "1", "0x1.02.3.4", "255.255.255.255", "256.1.1.1", "1.2.3.4.5",
                                         "010.1",   "",      "1.",  ".", "a",          "1.2.3.4 ",        " 1.2.3.4",  "08",
                                         "0x",      "1 2",   "10.1.65535", "4294967295", "4294967296", "-1", "0", "1..2" };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct in_addr addr = { 0x55555555 };
        int good = inet_aton(texts[i], &addr);
        printf("\"%s\": %08x, %d %08x, %08x\n", texts[i], ntohl(inet_addr(texts[i])), good, good ? ntohl(addr.s_addr) : 0,
               inet_network(texts[i]));
    }
    static const in_addr_t numbers[] = { 0, 1, 127, 128, 255, 256, 0xa01, 0xffff, 0x10000, 0xc0a801, 0xffffff, 0x1000000, 0x7f000001,
                                         0x80010203, 0xc0a80102, 0xe0000001, 0xffffffff };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct in_addr addr = { htonl(numbers[i]) };
        printf("%08x: %s, net %x, local %x, made %08x\n", numbers[i], inet_ntoa(addr), inet_netof(addr), inet_lnaof(addr),
               ntohl(inet_makeaddr(numbers[i], 0x12345678).s_addr));
    }
    return 0;
}
