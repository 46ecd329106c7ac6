/* A time to live outside 1..255 is refused and changes nothing; -1 means the default. */
#include "check.h"

static void
run(const char *what, int fd, int option)
{
    int values[] = { 255, 256, 300, 0, -1, -2, 65536, 1 };
    printf("%s\n", what);
    for (size_t i = 0; i < COUNT(values); i++) {
        int got = -7;
        socklen_t len = sizeof got;
        printf("  %d: ", values[i]);
        int result = set_option(fd, IPPROTO_IP, option, values[i]);
        printf("%s", result ? error_name(errno) : "set");
        must("get", getsockopt(fd, IPPROTO_IP, option, &got, &len));
        printf(", now %d\n", got);
    }
}

int
main(void)
{
    check_start();
    run("IP_TTL", new_socket(AF_INET, SOCK_STREAM), IP_TTL);
    run("IP_TTL, UDP", new_socket(AF_INET, SOCK_DGRAM), IP_TTL);
    run("IP_MULTICAST_TTL", new_socket(AF_INET, SOCK_DGRAM), IP_MULTICAST_TTL);
    return 0;
}
