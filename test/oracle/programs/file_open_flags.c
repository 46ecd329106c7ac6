/* directory: empty */
/* What open answers to every kind of path with every sensible set of flags, and what is there afterwards. */
#include "check.h"

static const struct {
    const char *name;
    int flags;
} ways[] = {
    { "read", O_RDONLY },
    { "write", O_WRONLY },
    { "both", O_RDWR },
    { "directory", O_RDONLY | O_DIRECTORY },
    { "directory write", O_WRONLY | O_DIRECTORY },
    { "nofollow", O_RDONLY | O_NOFOLLOW },
    { "nofollow directory", O_RDONLY | O_NOFOLLOW | O_DIRECTORY },
    { "truncate", O_RDONLY | O_TRUNC },
    { "write truncate", O_WRONLY | O_TRUNC },
    { "write append", O_WRONLY | O_APPEND },
    { "write append truncate nofollow", O_WRONLY | O_APPEND | O_TRUNC | O_NOFOLLOW },
    { "create", O_RDONLY | O_CREAT },
    { "create write truncate", O_WRONLY | O_CREAT | O_TRUNC },
    { "create both append", O_RDWR | O_CREAT | O_APPEND },
    { "create nofollow", O_RDWR | O_CREAT | O_NOFOLLOW },
    { "create exclusive", O_RDWR | O_CREAT | O_EXCL },
    { "create exclusive truncate nofollow", O_WRONLY | O_CREAT | O_EXCL | O_TRUNC | O_NOFOLLOW },
    { "exclusive", O_RDONLY | O_EXCL },
    { "create directory", O_RDONLY | O_CREAT | O_DIRECTORY },
    { "create exclusive directory", O_RDONLY | O_CREAT | O_EXCL | O_DIRECTORY },
};

static const char *paths[] = {
    "file", "missing", "directory", "to_file", "to_missing", "to_directory", "loop", "file/", "directory/",
    "missing/", "to_file/", "to_directory/", "to_missing/", "file/x", "missing/x", "directory/new", "to_directory/new",
    "to_missing/x", "loop/x", ".", "directory/.", "directory/..", "file/.", "directory/../file", "missing/x/", "file/x/",
};

int
main(void)
{
    check_start();
    must("mkdir", mkdir("directory", 0777));
    must("symlink", symlink("file", "to_file"));
    must("symlink", symlink("missing", "to_missing"));
    must("symlink", symlink("directory", "to_directory"));
    must("symlink", symlink("loop", "loop"));
    for (size_t i = 0; i < COUNT(paths); i++)
        for (size_t j = 0; j < COUNT(ways); j++) {
            put("file", "content");
            int fd = open(paths[i], ways[j].flags, 0666);
            printf("%s, %s: ", paths[i], ways[j].name);
            if (fd < 0)
                printf("%s\n", error_name(errno));
            else {
                struct stat stat;
                must("fstat", fstat(fd, &stat));
                printf("%s, %ld\n", type_of(stat.st_mode), S_ISREG(stat.st_mode) ? (long)stat.st_size : 0L);
                close(fd);
            }
            if (unlink("missing") == 0)
                printf("  \"missing\" was made\n");
            if (unlink("directory/new") == 0)
                printf("  \"directory/new\" was made\n");
        }
    return 0;
}
