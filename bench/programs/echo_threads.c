/*
 * `echo_threads CONNECTIONS`: accepts so many connections on 127.0.0.1, serves each in a thread of its own, which sends back
 * what comes, and ends with the last of them. Its first line is `port N`.
 */
#include "threads.h"

static void *serve(void *argument)
{
    char buffer[256];
    int fd = (int)(intptr_t)argument;
    ssize_t received;
    while ((received = receive_some(fd, buffer, sizeof buffer)) > 0)
        for (ssize_t sent = 0; sent < received;) {
            ssize_t n = send_some(fd, buffer + sent, (size_t)(received - sent));
            if (n < 0) exit_program(98);
            sent += n;
        }
    close_socket(fd);
    return NULL;
}

static int program(int argc, char **argv)
{
    pthread_t threads[MAX_THREADS];
    int connections = argc == 2 ? number_in(argv[1]) : 0;
    uint16_t port;
    if (connections < 1 || connections > MAX_THREADS) return 2;
    int listener = listening(&port);
    report("port", port);
    for (int i = 0; i < connections; i++)
        must("pthread_create", pthread_create(&threads[i], NULL, serve, (void *)(intptr_t)accepted_from(listener)));
    for (int i = 0; i < connections; i++) must("pthread_join", pthread_join(threads[i], NULL));
    return 0;
}
