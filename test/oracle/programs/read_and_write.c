/* The plain file calls work on sockets: read, write, readv, writev, close. */
#include "check.h"

int
main(void)
{
    check_start();
    char one[4], two[16];
    struct iovec out[3] = { { "abc", 3 }, { "", 0 }, { "defgh", 5 } }, in[2] = { { one, 4 }, { two, 16 } };
    Pair pairs[2] = { tcp_pair(AF_INET), udp_pair(AF_INET6) };
    for (int i = 0; i < 2; i++) {
        printf("%s\n", i ? "UDP" : "TCP");
        show("  write", write(pairs[i].client, "hello", 5));
        print_bytes("  read", two, read(pairs[i].server, two, sizeof two));
        show("  writev", writev(pairs[i].client, out, 3));
        show("  readv", readv(pairs[i].server, in, 2));
        print_bytes("  first", one, 4);
        print_bytes("  second", two, 4);
        show("  close", close(pairs[i].client));
        show("  close again", close(pairs[i].client));
        show("  write", write(pairs[i].client, "x", 1));
    }
    show("read at the end", read(pairs[0].server, two, sizeof two));
    show("lseek", lseek(pairs[0].server, 0, SEEK_CUR));
    return 0;
}
