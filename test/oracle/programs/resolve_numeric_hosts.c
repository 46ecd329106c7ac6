/* iwasm: --allow-resolve=* */
/* Addresses as text, of both families, with families wanted that fit and that do not. */
#include "resolve.h"

int
main(void)
{
    check_start();
    const char *hosts[] = { "127.0.0.1", "192.0.2.7", "::1", "2001:db8:1:2:3:4:5:6", "::ffff:192.0.2.7", "10.1", "0x7f.1" };
    int families[] = { AF_UNSPEC, AF_INET, AF_INET6 };
    for (size_t f = 0; f < COUNT(families); f++) {
        printf("%s\n", family_name(families[f]));
        for (size_t h = 0; h < COUNT(hosts); h++) {
            struct addrinfo hints = hints_of(families[f], SOCK_STREAM, 0, 0);
            resolve(hosts[h], "4660", &hints);
        }
    }
    return 0;
}
