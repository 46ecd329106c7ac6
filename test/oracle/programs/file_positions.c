/* directory: empty */
/* The place in a file: what moves it, what does not, and where lseek refuses to go. */
#include "check.h"

static void
show_read(int fd, size_t size)
{
    char room[16];
    long count = show("read", read(fd, room, size));
    if (count >= 0)
        print_bytes("  bytes", room, count);
    show("  now at", lseek(fd, 0, SEEK_CUR));
}

int
main(void)
{
    check_start();
    int fd = (int)must("open", open("file", O_RDWR | O_CREAT, 0666));
    volatile off_t zero = 0; /* so that WASI libc does not make a call of its own of it */
    char room[16];
    show("at first", lseek(fd, zero, SEEK_CUR));
    show("write", write(fd, "0123456789", 10));
    show("after it", lseek(fd, zero, SEEK_CUR));
    show_read(fd, 4);
    show("SEEK_SET", lseek(fd, 3, SEEK_SET));
    show_read(fd, 4);
    show("SEEK_CUR", lseek(fd, -2, SEEK_CUR));
    show_read(fd, 1);
    show("SEEK_END", lseek(fd, -1, SEEK_END));
    show_read(fd, 4);
    show_read(fd, 4);
    show("to the middle", lseek(fd, 5, SEEK_SET));
    show("pread moves nothing", pread(fd, room, 4, 1));
    show("pwrite moves nothing", pwrite(fd, "ab", 2, 0));
    show_read(fd, 2);
    show("write in the middle", write(fd, "x", 1));
    show("below zero", lseek(fd, -1, SEEK_SET));
    show("below zero from here", lseek(fd, -9, SEEK_CUR));
    show("below zero from the end", lseek(fd, -11, SEEK_END));
    show("beyond every file", lseek(fd, INT64_MAX, SEEK_CUR));
    show("beyond every file from the end", lseek(fd, INT64_MAX, SEEK_END));
    show("unknown whence", lseek(fd, 0, 77));
    show("negative whence", lseek(fd, 0, -1));
    show("still at", lseek(fd, 0, SEEK_CUR));
    show("beyond the end", lseek(fd, 5, SEEK_END));
    show_read(fd, 4);
    show("the size", size_of(fd));
    show("write there", write(fd, "!", 1));
    show("the size", size_of(fd));
    show("pread at the end", pread(fd, room, 4, 16));
    show("pread beyond the end", pread(fd, room, 4, 1000));
    show("pread below zero", pread(fd, room, 4, -1));
    show("pwrite below zero", pwrite(fd, "x", 1, -1));
    show("pread nothing below zero", pread(fd, room, 0, -1));
    show("pread across the end", pread(fd, room, 16, 12));
    show("pwrite beyond the end", pwrite(fd, "?", 1, 20));
    show("nothing written there", pwrite(fd, "", 0, 100));
    show("the size", size_of(fd));
    int other = (int)must("open", open("file", O_RDONLY));
    show("another descriptor is at", lseek(other, 0, SEEK_CUR));
    show_content("file");
    return 0;
}
