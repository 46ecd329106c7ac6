/* directory: empty */
/* Duplicates share place and flags; dup2 over files; the lowest numbers; EBADF from every call on a closed one. */
#include "check.h"

static void
try_closed(const char *what, int fd)
{
    char room[4];
    struct stat stat;
    printf("%s\n", what);
    show("  read", read(fd, room, 1));
    show("  pread", pread(fd, room, 1, 0));
    show("  write", write(fd, "x", 1));
    show("  pwrite", pwrite(fd, "x", 1, 0));
    show("  lseek", lseek(fd, 0, SEEK_END));
    show("  where", lseek(fd, 0, SEEK_CUR));
    show("  ftruncate", ftruncate(fd, 0));
    show("  fstat", fstat(fd, &stat));
    show("  fsync", fsync(fd));
    show("  fdatasync", fdatasync(fd));
    show("  futimens", futimens(fd, NULL));
    show("  posix_fallocate is EBADF", posix_fallocate(fd, 0, 1) == EBADF);
    show("  posix_fadvise is EBADF", posix_fadvise(fd, 0, 0, POSIX_FADV_NORMAL) == EBADF);
    show("  openat", openat(fd, "file", O_RDONLY));
    show("  mkdirat", mkdirat(fd, "new", 0777));
    show("  unlinkat", unlinkat(fd, "new", 0));
    show("  isatty", isatty(fd) ? 1 : -1);
    show("  F_GETFL", fcntl(fd, F_GETFL));
    show("  fdopendir", fdopendir(fd) ? 0 : -1);
    show("  dup", dup(fd));
    show("  close", close(fd));
}

int
main(void)
{
    check_start();
    char room[8];
    put("file", "0123456789");
    put("other", "other");
    int fd = (int)must("open", open("file", O_RDWR)), copy = (int)must("dup", dup(fd));
    show("read by one", read(fd, room, 3));
    show("the other is at", lseek(copy, 0, SEEK_CUR));
    show("seek the other", lseek(copy, 6, SEEK_SET));
    print_bytes("read by one", room, read(fd, room, 2));
    show("F_SETFL", fcntl(copy, F_SETFL, O_APPEND));
    print_yes("shared", (fcntl(fd, F_GETFL) & O_APPEND) != 0);
    show("write appends", write(fd, "!", 1));
    show("close one", close(fd));
    print_bytes("the other", room, pread(copy, room, 3, 8));

    int other = (int)must("open", open("other", O_RDONLY));
    print_yes("the lowest number", other == fd);
    show("dup2 over another file", dup2(copy, other) == other);
    show("read", pread(other, room, 4, 0));
    print_bytes("  bytes", room, 4);
    show("dup2 to a free number", dup2(copy, 77));
    show("dup2 over a socket", dup2(copy, new_socket(AF_INET, SOCK_STREAM)) > 0);
    show("close", close(copy));
    print_bytes("the rest lives", room, pread(77, room, 3, 8));
    show("a socket over a file", dup2(new_socket(AF_INET, SOCK_STREAM), 77));
    show("lseek", lseek(77, 0, SEEK_SET));
    show("pread", pread(77, room, 1, 0));
    show("ftruncate", ftruncate(77, 0));
    show("openat", openat(77, "file", O_RDONLY));
    int directory = (int)must("open", open(".", O_RDONLY));
    show("dup2 of a directory", dup2(directory, 78));
    show("close", close(directory));
    int within = show_fd("openat by the copy", openat(78, "file", O_RDONLY));
    show("close", close(78));
    print_bytes("read", room, read(within, room, 3));
    show("close", close(within));
    try_closed("closed", within);
    try_closed("never opened", 1000);
    return 0;
}
