/* directory: empty */
/* Setting times, omitting them, taking the present; what changes them by itself; links; nonsense. */
#include "check.h"

static void
show_times(const char *path)
{
    struct stat stat;
    must("lstat", lstat(path, &stat));
    bool now = stat.st_mtim.tv_sec > 1577836800, read_now = stat.st_atim.tv_sec > 1577836800;
    printf("%s: read %lld.%09ld, written %lld.%09ld\n", path, read_now ? -1LL : (long long)stat.st_atim.tv_sec,
           read_now ? 0L : (long)stat.st_atim.tv_nsec, now ? -1LL : (long long)stat.st_mtim.tv_sec,
           now ? 0L : (long)stat.st_mtim.tv_nsec);
}

static bool
later(struct timespec one, struct timespec two)
{
    return two.tv_sec > one.tv_sec || (two.tv_sec == one.tv_sec && two.tv_nsec > one.tv_nsec);
}

int
main(void)
{
    check_start();
    struct timespec times[2] = { { 1000000000, 123456789 }, { 1100000000, 987654321 } };
    struct timespec read_only[2] = { { 5, 0 }, { 0, UTIME_OMIT } }, written_only[2] = { { 0, UTIME_OMIT }, { 6, 1 } };
    struct timespec now[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } }, none[2] = { { 0, UTIME_OMIT }, { 0, UTIME_OMIT } };
    struct timespec mixed[2] = { { 0, UTIME_NOW }, { 7, 999999999 } };
    struct timespec odd[2] = { { 1, 1000000000 }, { 1, 0 } }, odder[2] = { { 1, 0 }, { 1, -5 } };
    put("file", "content");
    must("mkdir", mkdir("directory", 0777));
    must("symlink", symlink("file", "link"));
    must("symlink", symlink("missing", "dangling"));
    int fd = (int)must("open", open("file", O_RDWR)), reader = (int)must("open", open("file", O_RDONLY));
    show("futimens", futimens(fd, times));
    show_times("file");
    show("only when read", futimens(fd, read_only));
    show_times("file");
    show("only when written", futimens(reader, written_only));
    show_times("file");
    show("neither", futimens(fd, none));
    show_times("file");
    show("mixed", utimensat(AT_FDCWD, "file", mixed, 0));
    show_times("file");
    show("now", utimensat(AT_FDCWD, "file", now, 0));
    show_times("file");
    show("through a link", utimensat(AT_FDCWD, "link", times, 0));
    show_times("file");
    show("of the link", utimensat(AT_FDCWD, "link", read_only, AT_SYMLINK_NOFOLLOW));
    show_times("file");
    show("NULL is now", utimensat(AT_FDCWD, "file", NULL, 0));
    show_times("file");
    show("a directory", utimensat(AT_FDCWD, "directory", times, 0));
    show_times("directory");
    show("the epoch", futimens(fd, (struct timespec[2]){ { 0, 0 }, { 0, 0 } }));
    show_times("file");
    show("of nothing", utimensat(AT_FDCWD, "missing", times, 0));
    show("of a dangling link", utimensat(AT_FDCWD, "dangling", times, 0));
    show("of the dangling link itself", utimensat(AT_FDCWD, "dangling", times, AT_SYMLINK_NOFOLLOW));
    show_times("dangling");
    show("with a slash", utimensat(AT_FDCWD, "file/", times, 0));
    show("in a file", utimensat(fd, "x", times, 0));
    show("too many nanoseconds", futimens(fd, odd));
    show("too few nanoseconds", futimens(fd, odder));
    show_times("file");

    show("back", futimens(fd, times));
    show("write", write(fd, "C", 1));
    struct stat before, after;
    must("fstat", fstat(fd, &before));
    print_yes("written now", before.st_mtim.tv_sec > 1577836800 && before.st_atim.tv_sec == 1000000000);
    must("stat", stat("directory", &before));
    put("directory/new", "");
    must("stat", stat("directory", &after));
    print_yes("an entry changes the directory", later(before.st_mtim, after.st_mtim));
    show("back", futimens(fd, times));
    must("fstat", fstat(fd, &before));
    print_yes("the change of times is a change", later(before.st_mtim, before.st_ctim));
    show("truncate to where it is", ftruncate(fd, 7));
    must("fstat", fstat(fd, &after));
    print_yes("counts as writing", later(before.st_mtim, after.st_mtim));
    return 0;
}
