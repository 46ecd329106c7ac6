/* directory: empty */
/* A file lives as long as it is open; room can be reserved, advice given, all made durable. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[16];
    struct stat stat;
    put("file", "content");
    int fd = (int)must("open", open("file", O_RDWR)), copy = (int)must("dup", dup(fd));
    show("unlink", unlink("file"));
    show("again", unlink("file"));
    show("fstat", fstat(fd, &stat));
    printf("links: %ld\n", (long)stat.st_nlink);
    print_bytes("read", room, read(fd, room, 3));
    show("write", write(fd, "INUED", 5));
    show("ftruncate", ftruncate(fd, 10));
    put("file", "another");
    show("close", close(fd));
    print_bytes("pread", room, pread(copy, room, 16, 0));
    show("futimens", futimens(copy, NULL));
    show("fsync", fsync(copy));
    show("fdatasync", fdatasync(copy));
    show("close", close(copy));
    show_content("file");

    fd = (int)must("open", open("file", O_RDWR));
    printf("posix_fallocate: %d\n", posix_fallocate(fd, 0, 4));
    show("the size", size_of(fd));
    printf("posix_fallocate: %d\n", posix_fallocate(fd, 4, 20));
    show("the size", size_of(fd));
    printf("nothing: %s\n", error_name(posix_fallocate(fd, 0, 0)));
    printf("below zero: %s\n", error_name(posix_fallocate(fd, -1, 4)));
    printf("less than nothing: %s\n", error_name(posix_fallocate(fd, 0, -4)));
    printf("too much: %s\n", error_name(posix_fallocate(fd, 1, INT64_MAX)));
    for (int advice = POSIX_FADV_NORMAL; advice <= POSIX_FADV_NOREUSE; advice++)
        printf("posix_fadvise: %d\n", posix_fadvise(fd, 0, 10, advice));
    printf("to the end: %d\n", posix_fadvise(fd, 5, 0, POSIX_FADV_WILLNEED));
    printf("unknown: %s\n", error_name(posix_fadvise(fd, 0, 10, 77)));
    show_content("file");
    int directory = (int)must("open", open(".", O_RDONLY));
    show("fsync of a directory", fsync(directory));
    show("fdatasync of a directory", fdatasync(directory));
    printf("posix_fallocate of a directory: %s\n", error_name(posix_fallocate(directory, 0, 4)));
    printf("posix_fadvise of a directory: %d\n", posix_fadvise(directory, 0, 4, POSIX_FADV_NORMAL));
    return 0;
}
