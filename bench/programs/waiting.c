/* `waiting`: one of the many that wait for a datagram; answers it and ends. Prints its port first. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __wasi__
#include <wasi_socket_ext.h>
#endif

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    char byte;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(fd, (struct sockaddr *)&address, length) || getsockname(fd, (struct sockaddr *)&address, &length)) return 1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    if (recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&address, &length) != 1) return 2;
    return sendto(fd, &byte, 1, 0, (struct sockaddr *)&address, length) == 1 ? 0 : 3;
}
