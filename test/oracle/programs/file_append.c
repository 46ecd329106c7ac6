/* directory: empty */
/* Appending: every write goes to the end, whoever moved it; O_APPEND can be set and taken back later. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[8];
    put("file", "first");
    int one = (int)must("open", open("file", O_RDWR | O_APPEND));
    int two = (int)must("open", open("file", O_WRONLY | O_APPEND));
    int plain = (int)must("open", open("file", O_RDWR));
    show("at first", lseek(one, 0, SEEK_CUR));
    show("read", read(one, room, 2));
    show("write", write(one, " one", 4));
    show("at", lseek(one, 0, SEEK_CUR));
    show("another", write(two, " two", 4));
    show("at", lseek(two, 0, SEEK_CUR));
    show("the first again", write(one, " three", 6));
    show("at", lseek(one, 0, SEEK_CUR));
    show("not appending", write(plain, "F", 1));
    show("seek back", lseek(two, 0, SEEK_SET));
    show("write", write(two, " four", 5));
    show("pwrite appends on Linux", pwrite(two, " five", 5, 0));
    show("at", lseek(two, 0, SEEK_CUR));
    show_content("file");
    show("truncate", ftruncate(plain, 3));
    show("write", write(one, "!", 1));
    show("beyond the end", lseek(one, 100, SEEK_SET));
    show("write", write(one, "?", 1));
    show_content("file");
    show("F_SETFL", fcntl(plain, F_SETFL, O_APPEND));
    show("write", write(plain, " now at the end", 15));
    show("F_SETFL to nothing", fcntl(plain, F_SETFL, 0));
    show("seek back", lseek(plain, 0, SEEK_SET));
    show("write", write(plain, "now at the start", 3));
    show("taken from the first", fcntl(one, F_SETFL, 0));
    show("seek back", lseek(one, 4, SEEK_SET));
    show("write", write(one, "|", 1));
    show_content("file");
    return 0;
}
