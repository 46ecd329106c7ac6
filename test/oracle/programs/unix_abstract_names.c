/* iwasm: --allow-abstract=* */
/* Unix-domain sockets under abstract names: stream, datagram, who is who. */
#include "check.h"
#include <stddef.h>
#include <sys/un.h>

static socklen_t
abstract_name(struct sockaddr_un *name, const char *text)
{
    memset(name, 0, sizeof *name);
    name->sun_family = AF_UNIX;
    memcpy(name->sun_path + 1, text, strlen(text));
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(text));
}

static void
print_name(const char *what, const struct sockaddr_un *name, socklen_t len)
{
    printf("%s: %s, %u bytes\n", what, family_name(name->sun_family), (unsigned)len);
    if (len > 2 && len <= sizeof *name)
        print_bytes("  name", name->sun_path, (long)(len - 2));
}

static int
bound(int type, const char *text)
{
    struct sockaddr_un name;
    socklen_t len = abstract_name(&name, text);
    int fd = new_socket(AF_UNIX, type);
    must("bind", bind(fd, (struct sockaddr *)&name, len));
    return fd;
}

int
main(void)
{
    struct sockaddr_un name, other;
    char room[16];
    socklen_t len;
    check_start();
    int door = bound(SOCK_STREAM, "berth oracle door"), client = bound(SOCK_STREAM, "berth oracle client");
    show("listen", listen(door, 3));
    len = abstract_name(&name, "berth oracle door");
    show("connect", connect(client, (struct sockaddr *)&name, len));
    show("connect again", connect(client, (struct sockaddr *)&name, len));
    len = sizeof other;
    int server = show_fd("accept", accept(door, (struct sockaddr *)&other, &len));
    print_name("peer", &other, len);
    len = sizeof other;
    show("getsockname", getsockname(server, (struct sockaddr *)&other, &len));
    print_name("own", &other, len);
    len = 6;
    memset(&other, 0, sizeof other);
    show("getpeername, six bytes", getpeername(server, (struct sockaddr *)&other, &len));
    printf("true length %u\n", (unsigned)len);
    print_bytes("room", other.sun_path, 6);
    show("send", send(client, "hello", 5, 0));
    len = sizeof other;
    show("recvfrom", recvfrom(server, room, sizeof room, 0, (struct sockaddr *)&other, &len));
    print_name("from", &other, len);
    show("bind the same", bind(new_socket(AF_UNIX, SOCK_STREAM), (struct sockaddr *)&name,
                               abstract_name(&name, "berth oracle door")));

    int one = bound(SOCK_DGRAM, "berth oracle one"), two = new_socket(AF_UNIX, SOCK_DGRAM);
    len = abstract_name(&name, "berth oracle one");
    show("sendto, unnamed", sendto(two, "abc", 3, 0, (struct sockaddr *)&name, len));
    memset(&other, 0, sizeof other);
    len = sizeof other;
    show("recvfrom", recvfrom(one, room, sizeof room, 0, (struct sockaddr *)&other, &len));
    printf("from nobody: %u bytes\n", (unsigned)len);
    int three = bound(SOCK_DGRAM, "berth oracle three");
    show("sendto, named", sendto(three, "abcd", 4, 0, (struct sockaddr *)&name, abstract_name(&name, "berth oracle one")));
    len = sizeof other;
    show("recvfrom", recvfrom(one, room, sizeof room, 0, (struct sockaddr *)&other, &len));
    print_name("from", &other, len);
    show("reply", sendto(one, "z", 1, 0, (struct sockaddr *)&other, len));
    show("recv", recv(three, room, sizeof room, 0));
    len = abstract_name(&name, "berth oracle nobody");
    show("sendto nobody", sendto(two, "abc", 3, 0, (struct sockaddr *)&name, len));
    show("connect to nobody", connect(new_socket(AF_UNIX, SOCK_STREAM), (struct sockaddr *)&name, len));
    show("datagram to a stream", sendto(two, "abc", 3, 0, (struct sockaddr *)&name,
                                        abstract_name(&name, "berth oracle door")));
    show("connect two", connect(two, (struct sockaddr *)&name, abstract_name(&name, "berth oracle one")));
    show("send", send(two, "abc", 3, 0));
    struct sockaddr nobody = { .sa_family = AF_UNSPEC };
    show("dissolve", connect(two, &nobody, sizeof nobody));
    show("send", send(two, "abc", 3, 0));
    return 0;
}
