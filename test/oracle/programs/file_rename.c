/* directory: empty */
/* rename from every kind of path to every kind of path, and what is there afterwards. */
#include "check.h"

#include <ftw.h>

static const char *from[] = {
    "file", "second", "hollow", "full", "to_file", "to_full", "to_missing", "missing", "file/", "hollow/", "to_full/",
    "full/inner", "missing/x", "file/x", "hollow/.", ".",
};

static const char *to[] = {
    "file", "other", "hollow", "empty", "full", "to_file", "to_full", "to_missing", "new", "new/", "other/", "empty/",
    "full/new", "full/inner", "hollow/below", "missing/x", "file/x", "full/.", "full/..", ".",
};

static int
wipe(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
    (void)stat;
    (void)kind;
    return where->level == 0 ? 0 : remove(path);
}

static void
set_up(void)
{
    must("nftw", nftw(".", wipe, 8, FTW_PHYS | FTW_DEPTH));
    put("file", "content");
    must("link", link("file", "second"));
    put("other", "other content");
    must("mkdir", mkdir("hollow", 0777));
    must("mkdir", mkdir("empty", 0777));
    must("mkdir", mkdir("full", 0777));
    put("full/inner", "x");
    must("symlink", symlink("file", "to_file"));
    must("symlink", symlink("full", "to_full"));
    must("symlink", symlink("missing", "to_missing"));
}

int
main(void)
{
    check_start();
    for (size_t i = 0; i < COUNT(from); i++)
        for (size_t j = 0; j < COUNT(to); j++) {
            set_up();
            int result = rename(from[i], to[j]);
            printf("%s to %s: %s\n", from[i], to[j], result == 0 ? "done" : error_name(errno));
            if (result == 0 && strcmp(from[i], to[j]) != 0) {
                struct stat stat;
                show("  the old", lstat(from[i], &stat));
                printf("  the new: %s\n", lstat(to[j], &stat) < 0 ? error_name(errno) : type_of(stat.st_mode));
            }
        }

    set_up();
    char room[8];
    int full = (int)must("open", open("full", O_RDONLY)), hollow = (int)must("open", open("hollow", O_RDONLY));
    int inner = (int)must("open", open("full/inner", O_RDONLY)), file = (int)must("open", open("file", O_RDONLY));
    show("renameat", renameat(full, "inner", hollow, "moved"));
    show("read what was moved", read(inner, room, sizeof room));
    show("a folder that is open", rename("full", "renamed"));
    show("create in it", close(openat(full, "fresh", O_WRONLY | O_CREAT, 0666)));
    show("renameat from a file", renameat(file, "x", hollow, "y"));
    show("renameat to a file", renameat(hollow, "moved", file, "y"));
    show("over what is open", rename("hollow/moved", "file"));
    print_bytes("what was open", room, read(file, room, sizeof room));
    show_content("file");
    show_names("renamed");
    show_names(".");
    return 0;
}
