/* directory: empty */
/* What each call answers on a descriptor for reading, for writing, for both, for appending, and of a directory. */
#include "check.h"

static void
try_all(const char *what, const char *path, int flags)
{
    char room[4] = "";
    struct iovec part = { room, sizeof room };
    struct stat stat;
    put("file", "content");
    int fd = (int)must(path, open(path, flags));
    printf("%s\n", what);
    show("  read", read(fd, room, 2));
    if (strcmp(path, "file") == 0) /* of a directory read says EISDIR, readv 0, and WASI has only the latter */
        show("  read nothing", read(fd, room, 0));
    show("  pread", pread(fd, room, 2, 1));
    show("  readv", readv(fd, &part, 1));
    show("  write", write(fd, "xy", 2));
    show("  write nothing", write(fd, "", 0));
    show("  pwrite", pwrite(fd, "z", 1, 0));
    show("  writev", writev(fd, &part, 1));
    show("  ftruncate", ftruncate(fd, 5));
    show("  ftruncate below zero", ftruncate(fd, -1));
    printf("  posix_fallocate: %s\n", error_name(posix_fallocate(fd, 0, 9)));
    printf("  posix_fadvise: %s\n", error_name(posix_fadvise(fd, 0, 0, POSIX_FADV_NORMAL)));
    show("  fstat", fstat(fd, &stat));
    show("  fsync", fsync(fd));
    show("  fdatasync", fdatasync(fd));
    show("  futimens", futimens(fd, NULL));
    show("  F_GETFL", (fcntl(fd, F_GETFL) & O_ACCMODE) == (flags & O_ACCMODE));
    show("  isatty", isatty(fd) ? 1 : -1);
    DIR *directory = fdopendir(fd);
    show("  fdopendir", directory ? 0 : -1);
    if (directory)
        closedir(directory);
    else
        close(fd);
    show_content("file");
}

int
main(void)
{
    check_start();
    must("mkdir", mkdir("directory", 0777));
    try_all("for reading", "file", O_RDONLY);
    try_all("for writing", "file", O_WRONLY);
    try_all("for both", "file", O_RDWR);
    try_all("for appending", "file", O_WRONLY | O_APPEND);
    try_all("for reading and appending", "file", O_RDWR | O_APPEND);
    try_all("a directory", "directory", O_RDONLY);
    try_all("a directory by O_DIRECTORY", "directory", O_RDONLY | O_DIRECTORY);
    return 0;
}
