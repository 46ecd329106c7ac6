/* directory: empty */
/* access and faccessat of every kind of path. (Not X_OK: WASI knows no permissions.) */
#include "check.h"

int
main(void)
{
    check_start();
    static const char *paths[] = {
        "file", "directory", "to_file", "to_directory", "to_missing", "loop", "missing", "file/", "directory/",
        "to_file/", "missing/x", "directory/inner", "directory/..", ".", "to_directory/inner", "file/x",
    };
    static const int modes[] = { F_OK, R_OK, W_OK, R_OK | W_OK };
    put("file", "content");
    must("mkdir", mkdir("directory", 0777));
    put("directory/inner", "");
    must("symlink", symlink("file", "to_file"));
    must("symlink", symlink("directory", "to_directory"));
    must("symlink", symlink("missing", "to_missing"));
    must("symlink", symlink("loop", "loop"));
    for (size_t i = 0; i < COUNT(paths); i++)
        for (size_t j = 0; j < COUNT(modes); j++)
            show(paths[i], access(paths[i], modes[j]));
    show("unknown mode", access("file", 64));
    int directory = (int)must("open", open("directory", O_RDONLY)), file = (int)must("open", open("file", O_RDONLY));
    show("faccessat", faccessat(directory, "inner", R_OK, 0));
    show("AT_EACCESS", faccessat(directory, "inner", W_OK, AT_EACCESS));
    show("missing", faccessat(directory, "missing", F_OK, 0));
    show("here", faccessat(AT_FDCWD, "directory/inner", F_OK, 0));
    show("in a file", faccessat(file, "inner", F_OK, 0));
    show("in nothing", faccessat(1000, "inner", F_OK, 0));
    return 0;
}
