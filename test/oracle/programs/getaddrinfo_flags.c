/* iwasm: --allow-resolve=* */
/* getaddrinfo: each flag for numbers, no node and a name. */
#include "names.h"

int
main(void)
{
    check_start();
    static const int families[] = { AF_UNSPEC, AF_INET, AF_INET6 };
    static const int flags[] = { 0,
                                 AI_PASSIVE,
                                 AI_NUMERICHOST,
                                 AI_NUMERICSERV,
                                 AI_CANONNAME,
                                 AI_V4MAPPED,
                                 AI_ALL,
                                 AI_V4MAPPED | AI_ALL,
                                 AI_ADDRCONFIG,
                                 AI_CANONNAME | AI_NUMERICHOST,
                                 AI_PASSIVE | AI_CANONNAME,
                                 AI_IDN | AI_CANONIDN };
    static const char *const nodes[] = { "127.0.0.1", "::1", "localhost", NULL };
    for (size_t i = 0; i < COUNT(nodes); i++)
        for (size_t j = 0; j < COUNT(families); j++)
            for (size_t k = 0; k < COUNT(flags); k++)
                look_up(nodes[i], "80", families[j], SOCK_STREAM, 0, flags[k]);
    return 0;
}
