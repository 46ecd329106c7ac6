/* directory: empty */
/* Five hundred files open at once, each with a place of its own, and the numbers given back. */
#include "check.h"

#define FILES 500

int
main(void)
{
    check_start();
    static int fds[FILES];
    char name[32], room[32];
    int lowest = (int)must("open", open(".", O_RDONLY));
    close(lowest);
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "file%d", i);
        fds[i] = (int)must(name, open(name, O_RDWR | O_CREAT | O_EXCL, 0666));
        must("write", write(fds[i], name, strlen(name)));
        must("lseek", lseek(fds[i], i % 4, SEEK_SET));
    }
    int right = 0, ascending = 1;
    for (int i = 1; i < FILES; i++)
        ascending += fds[i] > fds[i - 1];
    printf("ascending numbers: %d\n", ascending);
    for (int i = 0; i < FILES; i++) {
        int length = snprintf(name, sizeof name, "file%d", i);
        long count = read(fds[i], room, sizeof room);
        right += count == length - i % 4 && memcmp(room, name + i % 4, (size_t)count) == 0;
    }
    printf("right: %d\n", right);
    for (int i = 0; i < FILES; i += 2)
        must("close", close(fds[i]));
    for (int i = 0; i < FILES; i += 2) {
        snprintf(name, sizeof name, "file%d", i);
        int fd = (int)must(name, open(name, O_RDONLY));
        right -= fd == fds[i];
    }
    printf("not the same number again: %d\n", right - FILES / 2);
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "file%d", i);
        must("close", close(fds[i]));
        must("unlink", unlink(name));
    }
    for (int i = 0; i < 5000; i++)
        if (must("open", open("again", O_RDWR | O_CREAT, 0666)) != lowest || close(lowest) != 0)
            printf("a number was lost\n");
    show("rmdir of a file", rmdir("again"));
    return 0;
}
