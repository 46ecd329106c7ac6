/* iwasm: --allow-resolve=* */
/* Hints of all kinds: none, zeroed, types and protocols that fit and that do not. */
#include "resolve.h"

int
main(void)
{
    check_start();
    struct addrinfo hints;
    printf("no hints\n");
    resolve("127.0.0.1", "4660", NULL);
    printf("zeroed\n");
    hints = hints_of(AF_UNSPEC, 0, 0, 0);
    resolve("127.0.0.1", "4660", &hints);
    printf("TCP\n");
    hints = hints_of(AF_INET, 0, IPPROTO_TCP, 0);
    resolve("127.0.0.1", "4660", &hints);
    printf("UDP\n");
    hints = hints_of(AF_INET, 0, IPPROTO_UDP, 0);
    resolve("127.0.0.1", "4660", &hints);
    printf("stream of TCP\n");
    hints = hints_of(AF_INET6, SOCK_STREAM, IPPROTO_TCP, 0);
    resolve("::1", "4660", &hints);
    printf("stream of UDP\n");
    hints = hints_of(AF_INET, SOCK_STREAM, IPPROTO_UDP, 0);
    resolve("127.0.0.1", "4660", &hints);
    printf("datagram of TCP\n");
    hints = hints_of(AF_INET, SOCK_DGRAM, IPPROTO_TCP, 0);
    resolve("127.0.0.1", "4660", &hints);
    return 0;
}
