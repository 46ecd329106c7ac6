/*
 * The other end of every network benchmark, always native: `peer echo` sends back what it receives, `peer sink` swallows
 * it and answers one byte at the end. Serves one connection on 127.0.0.1 and ends; its first line is the port.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[1 << 18];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

int main(int argc, char **argv)
{
    int echo = argc > 1 && strcmp(argv[1], "echo") == 0;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1)) fail("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &length)) fail("getsockname");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    int connection = accept(listener, NULL, NULL);
    int on = 1;
    if (connection < 0) fail("accept");
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ssize_t received;
    while ((received = recv(connection, buffer, sizeof buffer, 0)) > 0)
        if (echo)
            for (ssize_t sent = 0; sent < received;) {
                ssize_t n = send(connection, buffer + sent, (size_t)(received - sent), MSG_NOSIGNAL);
                if (n < 0) fail("send");
                sent += n;
            }
    if (!echo && send(connection, "", 1, MSG_NOSIGNAL) != 1) fail("send");
    return 0;
}
