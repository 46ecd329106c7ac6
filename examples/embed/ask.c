/* Connects to a host by name, sends it a line and prints what it answers: `ask HOST PORT LINE`. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
    char answer[4096];
    if (argc != 4) {
        fprintf(stderr, "usage: ask HOST PORT LINE\n");
        return 2;
    }
    int error = getaddrinfo(argv[1], argv[2], &hints, &found);
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", argv[1], gai_strerror(error));
        return 1;
    }
    int fd = -1;
    for (struct addrinfo *each = found; each != NULL && fd < 0; each = each->ai_next) {
        fd = socket(each->ai_family, each->ai_socktype, each->ai_protocol);
        if (fd >= 0 && connect(fd, each->ai_addr, each->ai_addrlen) != 0) {
            perror(argv[1]);
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    if (fd < 0)
        return 1;
    dprintf(fd, "%s\n", argv[3]);
    shutdown(fd, SHUT_WR);
    ssize_t size;
    while ((size = recv(fd, answer, sizeof answer, 0)) > 0)
        fwrite(answer, 1, (size_t)size, stdout);
    return size < 0;
}
