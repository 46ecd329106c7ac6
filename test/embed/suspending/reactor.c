/* A module whose exports are called one by one. */
#include <sys/socket.h>
#include <unistd.h>
#ifdef __wasi__
#include <wasi_socket_ext.h>
#endif

static int calls;

/* Does not wait. */
__attribute__((export_name("count"))) int
count(void)
{
    return ++calls;
}

/* Waits for a byte on the connection that comes next. */
__attribute__((export_name("next_byte"))) int
next_byte(void)
{
    char byte = 0;
    int fd = accept(3, NULL, NULL);
    ssize_t got = recv(fd, &byte, 1, 0);
    close(fd);
    return got == 1 ? byte : -1;
}
