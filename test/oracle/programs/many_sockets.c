/* Two hundred sockets at once, all of them usable, then closed, then as many again on the same numbers. */
#include "check.h"

#define MANY 200

int
main(void)
{
    check_start();
    int fds[MANY];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++)
            fds[i] = bound_udp(i % 2 ? AF_INET6 : AF_INET);
        printf("from %d to %d\n", fds[0], fds[MANY - 1]);
        int heard = 0;
        for (int i = 0; i < MANY; i++) {
            Address to = local_address(fds[(i + 2) % MANY]);
            must("sendto", sendto(fds[i], &fds[i], sizeof(int), 0, &to.any, to.len));
        }
        for (int i = 0; i < MANY; i++) {
            int from = -1;
            must("recv", recv(fds[(i + 2) % MANY], &from, sizeof from, 0));
            heard += from == fds[i];
        }
        printf("%d heard the right one\n", heard);
        for (int i = 0; i < MANY; i++)
            must("close", close(fds[i]));
    }
    return 0;
}
