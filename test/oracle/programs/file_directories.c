/* directory: empty */
/* mkdir, rmdir, unlink and remove: on every kind of path. */
#include "check.h"

static const char *paths[] = {
    "file", "full", "hollow", "missing", "to_file", "to_hollow", "to_missing", "loop", "file/", "full/", "hollow/",
    "missing/", "to_file/", "to_hollow/", "to_missing/", "missing/x", "file/x", "loop/x", "to_full/new", "hollow/new",
    "hollow//newer//", "hollow/.", "hollow/..", "full/inner", "full/inner/..", ".", "./", "missing/.", "missing/..",
};

static void
set_up(void)
{
    put("file", "content");
    mkdir("full", 0777);
    mkdir("hollow", 0777);
    put("full/inner", "x");
    if (symlink("file", "to_file") + symlink("hollow", "to_hollow") + symlink("full", "to_full") < 0)
        errno = 0; /* there from the round before */
    if (symlink("missing", "to_missing") + symlink("loop", "loop") < 0)
        errno = 0;
}

int
main(void)
{
    check_start();
    for (size_t i = 0; i < COUNT(paths); i++) {
        printf("%s\n", paths[i]);
        set_up();
        if (show("  mkdir", mkdir(paths[i], 0777)) == 0)
            show("  rmdir again", rmdir(paths[i]));
        if (show("  unlink", unlink(paths[i])) == 0)
            set_up();
        if (show("  rmdir", rmdir(paths[i])) == 0)
            set_up();
        show("  remove", remove(paths[i]));
    }
    set_up();
    int directory = (int)must("open", open("full", O_RDONLY)), file = (int)must("open", open("file", O_RDONLY));
    show("mkdirat", mkdirat(directory, "sub", 0777));
    show("unlinkat", unlinkat(directory, "sub", 0));
    show("unlinkat AT_REMOVEDIR", unlinkat(directory, "sub", AT_REMOVEDIR));
    show("unlinkat AT_REMOVEDIR of a file", unlinkat(directory, "inner", AT_REMOVEDIR));
    show("unlinkat", unlinkat(directory, "inner", 0));
    show("in a file", mkdirat(file, "sub", 0777));
    show("in a file", unlinkat(file, "sub", 0));
    show("rmdir of one that is open", rmdir("full"));
    show("create in it", openat(directory, "new", O_WRONLY | O_CREAT, 0666));
    show("mkdirat in it", mkdirat(directory, "new", 0777));
    struct stat stat;
    show("fstat", fstat(directory, &stat));
    show("stat of itself", fstatat(directory, ".", &stat, 0));
    show_names(".");
    return 0;
}
