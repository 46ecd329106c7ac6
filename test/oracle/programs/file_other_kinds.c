/* directory: empty */
/* stdin: abc */
/* File calls on sockets, and on standard streams that are files. */
#include "check.h"

static void
try_all(const char *what, int fd)
{
    struct stat stat;
    char room[4];
    struct iovec part = { room, sizeof room };
    printf("%s\n", what);
    show("  lseek", lseek(fd, 1, SEEK_SET));
    show("  lseek to the end", lseek(fd, 0, SEEK_END));
    show("  where", lseek(fd, 0, SEEK_CUR));
    show("  pread", pread(fd, room, 2, 0));
    show("  pwrite", pwrite(fd, "x", 1, 0));
    show("  preadv", preadv(fd, &part, 1, 0));
    show("  fstat", fstat(fd, &stat));
    show("  fsync", fsync(fd));
    show("  fdatasync", fdatasync(fd));
    printf("  posix_fadvise: %s\n", error_name(posix_fadvise(fd, 0, 0, POSIX_FADV_NORMAL)));
    if (fd != 0) { /* standard streams Berth lets nobody cut or lengthen */
        show("  ftruncate", ftruncate(fd, 3));
        printf("  posix_fallocate: %s\n", error_name(posix_fallocate(fd, 0, 1)));
    }
    show("  openat", openat(fd, "file", O_RDONLY));
    show("  mkdirat", mkdirat(fd, "new", 0777));
    show("  fstatat", fstatat(fd, "file", &stat, 0));
    show("  fdopendir", fdopendir(fd) ? 0 : -1);
    show("  F_SETFL", fcntl(fd, F_SETFL, 0));
}

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    put("file", "content");
    try_all("a stream socket", pair.client);
    try_all("a datagram socket", bound_udp(AF_INET));
    try_all("standard input", 0);
    char room[8];
    show("back to the start", lseek(0, 0, SEEK_SET));
    print_bytes("read", room, read(0, room, 8));
    int file = (int)must("open", open("file", O_RDWR));
    show("standard input becomes a file", dup2(file, 0));
    show("getchar", getchar());
    show("lseek", lseek(file, 0, SEEK_END));
    fflush(stdout);
    int before = (int)must("dup", dup(1));
    must("dup2", dup2(file, 1));
    printf("into the file\n");
    fflush(stdout);
    must("dup2", dup2(before, 1));
    show_content("file");
    show("standard input closed", close(0));
    show("and a file in its place", open("file", O_RDONLY));
    return 0;
}
