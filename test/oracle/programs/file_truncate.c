/* directory: empty */
/* Sizes: down, up, by path, to where they are; a reader behind the new end; a writer while another reads. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[16];
    put("file", "0123456789");
    must("mkdir", mkdir("directory", 0777));
    must("symlink", symlink("file", "link"));
    must("symlink", symlink("missing", "dangling"));
    int writer = (int)must("open", open("file", O_RDWR)), reader = (int)must("open", open("file", O_RDONLY));
    show("read", read(reader, room, 6));
    show("down", ftruncate(writer, 4));
    show("the size to the reader", size_of(reader));
    show("the reader is at", lseek(reader, 0, SEEK_CUR));
    show("and at the end", read(reader, room, 4));
    show("up", ftruncate(writer, 8));
    show("read", read(reader, room, 4));
    print_bytes("  bytes", room, 2);
    show("the same", ftruncate(writer, 8));
    show("write", write(writer, "abc", 3));
    show("read at the end", read(reader, room, 4));
    show("append", pwrite(writer, "more", 4, 8));
    show("read", read(reader, room, 16));
    print_bytes("  bytes", room, 4);
    show("for reading only", ftruncate(reader, 0));
    show("below zero", ftruncate(writer, -1));
    show_content("file");

    show("by path", truncate("file", 5));
    show("through a link", truncate("link", 3));
    show("of nothing", truncate("missing", 3));
    show("of a dangling link", truncate("dangling", 3));
    show("of a directory", truncate("directory", 3));
    show("below zero", truncate("file", -1));
    show("with a slash", truncate("file/", 1));
    show("the writer is at", lseek(writer, 0, SEEK_CUR));
    show("to nothing", ftruncate(writer, 0));
    show("write behind the end", write(writer, "x", 1));
    show("O_TRUNC by another", close((int)must("open", open("link", O_WRONLY | O_TRUNC))));
    show("the size", size_of(writer));
    show("write", write(writer, "y", 1));
    show_content("file");
    return 0;
}
