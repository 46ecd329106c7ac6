/* directory: empty */
/* Stream sockets by path: the file, both ends' names, states and errors. */
#include "check.h"

#include <stddef.h>
#include <sys/stat.h>
#include <sys/un.h>

static struct sockaddr_un
at(const char *path)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    strncpy(name.sun_path, path, sizeof name.sun_path);
    return name;
}

static int
bind_at(int fd, const char *path)
{
    struct sockaddr_un name = at(path);
    return bind(fd, (struct sockaddr *)&name, sizeof name);
}

static int
connect_at(int fd, const char *path)
{
    struct sockaddr_un name = at(path);
    return connect(fd, (struct sockaddr *)&name, sizeof name);
}

static void
show_name(const char *what, int fd, int (*ask)(int, struct sockaddr *, socklen_t *))
{
    struct sockaddr_un name = { .sun_family = 0 };
    socklen_t length = sizeof name;
    if (show(what, ask(fd, (struct sockaddr *)&name, &length)) == 0)
        printf("  %s, %d bytes: '%s'\n", family_name(name.sun_family), (int)(length - offsetof(struct sockaddr_un, sun_path)),
               name.sun_path);
}

int
main(void)
{
    check_start();
    char room[16] = "";
    must("mkdir", mkdir("sub", 0755));
    int server = new_socket(AF_UNIX, SOCK_STREAM);
    show("listen without a name", listen(server, 1));
    show("bind", bind_at(server, "sub/server.sock"));
    show("bind again", bind_at(server, "other.sock"));
    show("connect before listen", connect_at(new_socket(AF_UNIX, SOCK_STREAM), "sub/server.sock"));
    show("listen", listen(server, 4));
    show_name("own name", server, getsockname);
    show_name("peer of a listener", server, getpeername);

    struct stat status;
    show("stat", stat("sub/server.sock", &status));
    print_yes("it is a socket", S_ISSOCK(status.st_mode));
    show("open", open("sub/server.sock", O_RDONLY));

    int client = new_socket(AF_UNIX, SOCK_STREAM);
    show("bind the client", bind_at(client, "client.sock"));
    show("connect", connect_at(client, "sub/../sub/server.sock"));
    struct sockaddr_un from = { .sun_family = 0 };
    socklen_t length = sizeof from;
    int accepted = (int)must("accept", accept(server, (struct sockaddr *)&from, &length));
    printf("accepted from '%s'\n", from.sun_path);
    show_name("accepted, own", accepted, getsockname);
    show_name("accepted, peer", accepted, getpeername);
    show_name("client, own", client, getsockname);
    must("write", write(client, "hello", 5));
    show("read", read(accepted, room, sizeof room));
    print_bytes("data", room, 5);

    show("rename", rename("sub/server.sock", "moved.sock"));
    show("connect to the old name", connect_at(new_socket(AF_UNIX, SOCK_STREAM), "sub/server.sock"));
    show("connect to the new name", connect_at(new_socket(AF_UNIX, SOCK_STREAM), "moved.sock"));
    close(server);
    show("connect after close", connect_at(new_socket(AF_UNIX, SOCK_STREAM), "moved.sock"));
    show("bind where the file is left", bind_at(new_socket(AF_UNIX, SOCK_STREAM), "moved.sock"));
    show("unlink", unlink("moved.sock"));
    show("bind after unlink", bind_at(new_socket(AF_UNIX, SOCK_STREAM), "moved.sock"));

    show("connect to a file", connect_at(new_socket(AF_UNIX, SOCK_STREAM), "sub"));
    show("connect to nothing", connect_at(new_socket(AF_UNIX, SOCK_STREAM), "missing.sock"));
    show("bind in no directory", bind_at(new_socket(AF_UNIX, SOCK_STREAM), "missing/x.sock"));
    show("bind below a file", bind_at(new_socket(AF_UNIX, SOCK_STREAM), "client.sock/x.sock"));
    show("connect with the other type", connect_at(new_socket(AF_UNIX, SOCK_DGRAM), "moved.sock"));
    return 0;
}
