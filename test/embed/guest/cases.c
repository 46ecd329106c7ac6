/* What a program can do without a network, a case each: `cases NAME [WORDS]`. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path)
{
    char *names[64];
    int count = 0;
    DIR *directory = opendir(path);
    if (directory == NULL) {
        printf("opendir %s: %s\n", path, strerror(errno));
        return;
    }
    /* node:wasi leaves the directory and its parent out; on Linux they are there. */
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            names[count++] = strdup(entry->d_name);
    closedir(directory);
    qsort(names, count, sizeof *names, compare);
    for (int i = 0; i < count; i++)
        printf("%s\n", names[i]);
}

static void files(void)
{
    struct stat status;
    char text[32] = "";
    FILE *file = fopen("/d/new", "w+");
    printf("written %d\n", fprintf(file, "line one\nline two\n"));
    fseek(file, 5, SEEK_SET);
    printf("read %s\n", fgets(text, sizeof text, file));
    fclose(file);
    printf("stat %d", stat("/d/new", &status));
    printf(" size %d regular %d\n", (int)status.st_size, S_ISREG(status.st_mode));
    printf("mkdir %d", mkdir("/d/sub", 0777));
    printf(" again %d %s\n", mkdir("/d/sub", 0777), strerror(errno));
    printf("rename %d\n", rename("/d/new", "/d/sub/moved"));
    printf("rmdir %d %s\n", rmdir("/d/sub"), strerror(errno));
    printf("outside %d", open("/d/../../etc/passwd", O_RDONLY));
    printf(" %s\n", errno == ENOENT || errno == EPERM || errno == EACCES || errno == 76 ? "refused" : strerror(errno));
    printf("not preopened %d\n", open("/e", O_RDONLY));
    list("/d");
    list("/d/sub");
    printf("unlink %d rmdir %d\n", unlink("/d/sub/moved"), rmdir("/d/sub"));
}

static int descend(volatile char *above)
{
    volatile char room[1024];
    room[0] = above[0];
    return descend(room) + room[0];
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (!strcmp(name, "arguments")) {
        for (int i = 0; i < argc; i++)
            printf("%d '%s'\n", i, argv[i]);
    } else if (!strcmp(name, "environment")) {
        for (char **variable = environ; *variable != NULL; variable++)
            puts(*variable);
    } else if (!strcmp(name, "exit")) {
        fputs("not flushed by exit alone", stdout);
        exit(atoi(argv[2]));
    } else if (!strcmp(name, "return")) {
        return atoi(argv[2]);
    } else if (!strcmp(name, "abort")) {
        puts("before");
        fflush(stdout);
        abort();
    } else if (!strcmp(name, "recursion")) {
        char first = 0;
        return descend(&first);
    } else if (!strcmp(name, "input")) {
        char line[64];
        while (fgets(line, sizeof line, stdin) != NULL)
            printf("got %s", line);
        printf("end %d error %d\n", feof(stdin) != 0, ferror(stdin) != 0);
    } else if (!strcmp(name, "errors")) {
        fputs("to standard error\n", stderr);
        puts("to standard output");
    } else if (!strcmp(name, "close")) {
        return close(1) == 0 && close(1) == -1 && errno == EBADF ? 0 : 1;
    } else if (!strcmp(name, "files")) {
        files();
    } else if (!strcmp(name, "clocks")) {
        struct timespec now;
        printf("real %d", clock_gettime(CLOCK_REALTIME, &now));
        printf(" %d\n", now.tv_sec > 1600000000);
        printf("sleep %d\n", nanosleep(&(struct timespec){ 0, 1000000 }, NULL));
    } else if (!strcmp(name, "random")) {
        unsigned char bytes[256] = { 0 };
        printf("%d %d\n", getentropy(bytes, sizeof bytes), memchr(bytes, bytes[0] + 1, sizeof bytes) != bytes);
    } else {
        return 64;
    }
    return 0;
}
