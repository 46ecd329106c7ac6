/* A little of everything the package must bring: the header, and objects of the library. */
#include <stdio.h>
#include <unistd.h>
#include <wasi_socket_ext.h>

int
main(void)
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) != 0) {
        perror("socket, bind");
        return 1;
    }
    return close(fd);
}
