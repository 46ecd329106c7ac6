/* getaddrinfo: an entry for each type, raw sockets too, with type, protocol, port and flags filled in. */
#include "names.h"

int
main(void)
{
    check_start();
    static const int types[] = { 0, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW };
    static const int protocols[] = { 0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, 47 };
    for (size_t i = 0; i < COUNT(types); i++)
        for (size_t j = 0; j < COUNT(protocols); j++) {
            look_up("127.0.0.1", "4660", AF_INET, types[i], protocols[j], 0);
            look_up("::1", NULL, AF_UNSPEC, types[i], protocols[j], AI_NUMERICHOST);
        }
    struct addrinfo *list;
    int code = getaddrinfo("127.0.0.1", "1", NULL, &list);
    printf("no hints: %s\n", eai_name(code));
    for (struct addrinfo *entry = code == 0 ? list : NULL; entry; entry = entry->ai_next)
        printf("  %s %d, flags %x\n", type_name(entry->ai_socktype), entry->ai_protocol, (unsigned)entry->ai_flags);
    code = getaddrinfo("::1", "1", NULL, &list);
    printf("no hints: %s\n", eai_name(code));
    return 0;
}
