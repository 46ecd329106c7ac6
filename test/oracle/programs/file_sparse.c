/* directory: empty */
/* Holes read as zeros; sizes and offsets beyond 4 GiB are whole; nothing can be put beyond the largest offset. */
#include "check.h"

#define GIB (1LL << 30)

/* `show` for what a 32-bit long does not hold. */
static void
show_offset(const char *what, off_t offset)
{
    if (offset < 0)
        printf("%s: %s\n", what, error_name(errno));
    else
        printf("%s: %lld\n", what, (long long)offset);
}

int
main(void)
{
    check_start();
    char room[8];
    int fd = (int)must("open", open("large", O_RDWR | O_CREAT, 0666));
    show_offset("seek to 5 GiB", lseek(fd, 5 * GIB, SEEK_SET));
    show("write", write(fd, "five", 4));
    show_offset("the size", size_of(fd));
    show("pwrite before 4 GiB", pwrite(fd, "abcdefgh", 8, 4 * GIB - 4));
    show("pread across 4 GiB", pread(fd, room, 8, 4 * GIB - 2));
    print_bytes("  bytes", room, 8);
    show("pread at the start", pread(fd, room, 8, 0));
    print_bytes("  bytes", room, 8);
    show_offset("seek from the end", lseek(fd, -6, SEEK_END));
    show("read", read(fd, room, 8));
    print_bytes("  bytes", room, 6);
    show_offset("still", lseek(fd, 0, SEEK_CUR));
    show_offset("back by more than 4 GiB", lseek(fd, -(4 * GIB + 1), SEEK_CUR));
    show("ftruncate to 7 GiB", ftruncate(fd, 7 * GIB + 1));
    show_offset("the size", size_of(fd));
    show("ftruncate to 4 GiB", ftruncate(fd, 4 * GIB + 2));
    show("pread at the end", pread(fd, room, 8, 4 * GIB));
    print_bytes("  bytes", room, 2);
    struct stat stat;
    show("stat", lstat("large", &stat));
    printf("the size: %lld\n", (long long)stat.st_size);
    show("write to the last offset", pwrite(fd, "x", 1, INT64_MAX));
    show("write across it", pwrite(fd, "xyz", 3, INT64_MAX - 1));
    show("read at the last offset", pread(fd, room, 1, INT64_MAX));
    show("truncate below zero", ftruncate(fd, INT64_MIN));
    show("unlink", unlink("large"));

    fd = (int)must("open", open("small", O_RDWR | O_CREAT, 0666));
    show("up", ftruncate(fd, 3));
    show("write behind", pwrite(fd, "end", 3, 6));
    show("down into the hole", ftruncate(fd, 5));
    show("up again", ftruncate(fd, 8));
    show_content("small");
    return 0;
}
