/* directory: empty */
/* Datagram sockets by path: the receiver can answer to the name that it is told. */
#include "check.h"

#include <stddef.h>
#include <sys/un.h>

static int
bound_at(const char *path, struct sockaddr_un *name)
{
    int fd = new_socket(AF_UNIX, SOCK_DGRAM);
    *name = (struct sockaddr_un){ .sun_family = AF_UNIX };
    strncpy(name->sun_path, path, sizeof name->sun_path);
    must("bind", bind(fd, (struct sockaddr *)name, sizeof *name));
    return fd;
}

int
main(void)
{
    check_start();
    char room[16];
    struct sockaddr_un server_name, client_name, from;
    int server = bound_at("server.sock", &server_name);
    int client = bound_at("client.sock", &client_name);
    int nameless = new_socket(AF_UNIX, SOCK_DGRAM);

    show("sendto", sendto(client, "question", 8, 0, (struct sockaddr *)&server_name, sizeof server_name));
    socklen_t length = sizeof from;
    memset(&from, 0, sizeof from);
    show("recvfrom", recvfrom(server, room, sizeof room, 0, (struct sockaddr *)&from, &length));
    printf("from '%s', %d bytes\n", from.sun_path, (int)(length - offsetof(struct sockaddr_un, sun_path)));
    show("answer", sendto(server, "answer", 6, 0, (struct sockaddr *)&from, length));
    show("recv", recv(client, room, sizeof room, 0));

    show("from nobody", sendto(nameless, "x", 1, 0, (struct sockaddr *)&server_name, sizeof server_name));
    length = sizeof from;
    show("recvfrom", recvfrom(server, room, sizeof room, 0, (struct sockaddr *)&from, &length));
    printf("%d bytes of address\n", (int)length);

    struct mmsghdr messages[3];
    struct iovec pieces[3];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < 3; i++) {
        pieces[i] = (struct iovec){ .iov_base = "abc", .iov_len = (size_t)i + 1 };
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_name = i == 1 ? &client_name : &server_name;
        messages[i].msg_hdr.msg_namelen = sizeof server_name;
    }
    show("sendmmsg", sendmmsg(client, messages, 3, 0));
    show("server", recv(server, room, sizeof room, 0));
    show("client", recv(client, room, sizeof room, 0));
    show("server", recv(server, room, sizeof room, 0));

    show("connect", connect(client, (struct sockaddr *)&server_name, sizeof server_name));
    show("send", send(client, "hi", 2, 0));
    show("recv", recv(server, room, sizeof room, 0));
    close(server);
    show("send to a closed one", send(client, "hi", 2, 0));
    show("sendto a closed one", sendto(nameless, "hi", 2, 0, (struct sockaddr *)&server_name, sizeof server_name));
    show("unlink", unlink("server.sock"));
    show("sendto nothing", sendto(nameless, "hi", 2, 0, (struct sockaddr *)&server_name, sizeof server_name));
    return 0;
}
