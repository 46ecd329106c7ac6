/*
 * `files write|read DIRECTORY`: 256 MiB in pieces of 64 KiB through one file there, a few times over; prints megabytes
 * (10^6 bytes) a second. The file stays, and is written over: what is measured is not how new memory is found.
 * `files open DIRECTORY`: opens, looks at and closes files there; prints thousands a second.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PIECE 65536
#define PIECES 4096
#define PASSES 4
#define FILES 100
#define OPENINGS 100000

static char buffer[PIECE];
static char name[4096];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A first pass is not counted: in it an engine compiles what it runs. */
static double transfer(int flags, ssize_t (*piece)(int))
{
    int fd = open(name, flags, 0666);
    if (fd < 0) fail(name);
    double start = 0;
    for (int pass = 0; pass <= PASSES; pass++) {
        if (pass == 1) start = seconds();
        if (lseek(fd, 0, SEEK_SET)) fail("lseek");
        for (int i = 0; i < PIECES; i++)
            if (piece(fd) != PIECE) fail("a piece");
    }
    double took = seconds() - start;
    close(fd);
    return (double)PIECE * PIECES * PASSES / 1e6 / took;
}

static ssize_t write_piece(int fd)
{
    return write(fd, buffer, PIECE);
}

static ssize_t read_piece(int fd)
{
    return read(fd, buffer, PIECE);
}

static void name_file(const char *directory, int i)
{
    snprintf(name, sizeof name, "%s/file%d", directory, i % FILES);
}

static void open_files(const char *directory, int times)
{
    struct stat stat;
    for (int i = 0; i < times; i++) {
        name_file(directory, i);
        int fd = open(name, O_RDONLY);
        if (fd < 0 || fstat(fd, &stat) || close(fd)) fail(name);
    }
}

static double open_and_close(const char *directory)
{
    for (int i = 0; i < FILES; i++) {
        name_file(directory, i);
        int fd = open(name, O_WRONLY | O_CREAT, 0666);
        if (fd < 0) fail(name);
        close(fd);
    }
    open_files(directory, OPENINGS / 10);
    double start = seconds();
    open_files(directory, OPENINGS);
    double took = seconds() - start;
    for (int i = 0; i < FILES; i++) {
        name_file(directory, i);
        if (unlink(name)) fail(name);
    }
    return OPENINGS / 1e3 / took;
}

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    snprintf(name, sizeof name, "%s/large", argv[2]);
    memset(buffer, 'x', PIECE);
    if (strcmp(argv[1], "write") == 0)
        printf("%.1f\n", transfer(O_WRONLY | O_CREAT, write_piece));
    else if (strcmp(argv[1], "read") == 0)
        printf("%.1f\n", transfer(O_RDONLY, read_piece));
    else
        printf("%.1f\n", open_and_close(argv[2]));
    return 0;
}
