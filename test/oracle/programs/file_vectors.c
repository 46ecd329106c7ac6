/* directory: empty */
/* readv, writev, preadv, pwritev: parts of all sizes, none, too many; and a transfer of megabytes in odd pieces. */
#include "check.h"

#define TOTAL (6 << 20)

static struct iovec parts[1025];

int
main(void)
{
    check_start();
    char one[4] = "", two[8] = "", many[1025];
    struct iovec out[4] = { { "abc", 3 }, { "", 0 }, { "defg", 4 }, { "h", 1 } };
    struct iovec in[3] = { { one, 3 }, { NULL, 0 }, { two, 8 } };
    int fd = (int)must("open", open("file", O_RDWR | O_CREAT, 0666));
    show("writev", writev(fd, out, 4));
    show("no parts", writev(fd, out, 0));
    volatile int fewer = -1; /* compilers refuse to see it */
    show("fewer than none", writev(fd, out, fewer));
    show("at", lseek(fd, 0, SEEK_CUR));
    show("readv at the end", readv(fd, in, 3));
    show("preadv", preadv(fd, in, 3, 1));
    print_bytes("  one", one, 3);
    print_bytes("  two", two, 4);
    show("pwritev", pwritev(fd, out, 4, 6));
    show("preadv below zero", preadv(fd, in, 3, -1));
    show("pwritev below zero", pwritev(fd, out, 4, -1));
    show("at", lseek(fd, 0, SEEK_CUR));
    show("rewind", lseek(fd, 0, SEEK_SET));
    show("readv", readv(fd, in, 3));
    print_bytes("  two", two, 8);
    show("no parts", readv(fd, in, 0));
    show_content("file");

    memset(many, '.', sizeof many);
    for (size_t i = 0; i < COUNT(parts); i++)
        parts[i] = (struct iovec){ many + i, 1 };
    show("1024 parts", pwritev(fd, parts, 1024, 0));
    show("1025 parts", pwritev(fd, parts, 1025, 0));
    show("1024 parts", preadv(fd, parts, 1024, 0));
    show("1025 parts", preadv(fd, parts, 1025, 0));
    show("the size", size_of(fd));

    unsigned char *data = malloc(TOTAL), *copy = malloc(TOTAL);
    int large = (int)must("open", open("large", O_RDWR | O_CREAT, 0666));
    for (size_t i = 0; i < TOTAL; i++)
        data[i] = pattern(i);
    for (size_t at = 0, step = 1; at < TOTAL; at += step, step = step * 3 + 1)
        must("write", write(large, data + at, step < TOTAL - at ? step : TOTAL - at));
    show("the size", size_of(large));
    size_t at = 0;
    must("lseek", lseek(large, 0, SEEK_SET));
    for (size_t step = 7; at < TOTAL; step = step * 5 + 2) {
        size_t half = step / 2;
        struct iovec pair[2] = { { copy + at, half < TOTAL - at ? half : TOTAL - at }, { NULL, 0 } };
        pair[1].iov_base = copy + at + pair[0].iov_len;
        pair[1].iov_len = TOTAL - at - pair[0].iov_len < step ? TOTAL - at - pair[0].iov_len : step;
        at += (size_t)must("readv", readv(large, pair, 2));
    }
    print_yes("the same", memcmp(data, copy, TOTAL) == 0);
    show("in one call", pread(large, copy, TOTAL, 0));
    print_yes("the same", memcmp(data, copy, TOTAL) == 0);
    show("unlink", unlink("large"));
    return 0;
}
