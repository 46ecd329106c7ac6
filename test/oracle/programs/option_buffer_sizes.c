/* SO_SNDBUF and SO_RCVBUF: the kernel's own numbers, and nothing written behind the int. */
#include "check.h"

int
main(void)
{
    check_start();
    int sizes[] = { 8192, 0, 1, 4000, 100000, 1 << 30, -1 };
    int names[] = { SO_SNDBUF, SO_RCVBUF }, types[] = { SOCK_STREAM, SOCK_DGRAM };
    for (int t = 0; t < 2; t++)
        for (int n = 0; n < 2; n++) {
            int fd = new_socket(AF_INET, types[t]);
            printf("%s %s\n", t ? "UDP" : "TCP", n ? "SO_RCVBUF" : "SO_SNDBUF");
            for (size_t i = 0; i < COUNT(sizes); i++) {
                int memory[3] = { 0x11111111, 0x22222222, 0x33333333 };
                socklen_t len = sizeof(int);
                show("  set", set_option(fd, SOL_SOCKET, names[n], sizes[i]));
                show("  get", getsockopt(fd, SOL_SOCKET, names[n], &memory[1], &len));
                printf("  %d is %d, length %d\n", sizes[i], memory[1], (int)len);
                print_yes("  neighbours untouched", memory[0] == 0x11111111 && memory[2] == 0x33333333);
            }
        }
    return 0;
}
