/* directory: empty */
/* Hard links and symbolic links: made on every kind of path, read, counted, and the content through each name. */
#include "check.h"

static const char *targets[] = {
    "file", "directory", "to_file", "to_directory", "to_missing", "loop", "missing", "file/", "directory/",
    "to_file/", "missing/x", "file/x", ".", "directory/..",
};

static const char *places[] = {
    "new", "file", "directory", "to_missing", "new/", "file/", "directory/", "directory/new", "missing/new", "file/new",
    "to_directory/new", "directory/.", ".",
};

static void
show_link(const char *path, size_t size)
{
    char room[64];
    memset(room, '#', sizeof room);
    long count = readlink(path, room, size);
    if (count < 0)
        show(path, count);
    else
        print_bytes(path, room, count + 1);
}

int
main(void)
{
    check_start();
    put("file", "content");
    must("mkdir", mkdir("directory", 0777));
    must("symlink", symlink("file", "to_file"));
    must("symlink", symlink("directory", "to_directory"));
    must("symlink", symlink("missing", "to_missing"));
    must("symlink", symlink("loop", "loop"));
    for (size_t i = 0; i < COUNT(targets); i++)
        for (size_t j = 0; j < COUNT(places); j++) {
            int result = link(targets[i], places[j]);
            printf("link %s %s: %s\n", targets[i], places[j], result == 0 ? "done" : error_name(errno));
            if (result == 0) {
                show_type(places[j]);
                must("unlink", unlink(places[j]));
            }
        }
    for (size_t j = 0; j < COUNT(places); j++)
        if (show(places[j], symlink("some/where", places[j])) == 0) {
            show_link(places[j], 64);
            must("unlink", unlink(places[j]));
        }
    for (size_t i = 0; i < COUNT(targets); i++)
        show_link(targets[i], 40);
    show_link("to_directory", 4);
    show_link("to_directory", 9);
    show_link("to_directory", 1);

    show("AT_SYMLINK_FOLLOW", linkat(AT_FDCWD, "to_file", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
    show("of a dangling one", linkat(AT_FDCWD, "to_missing", AT_FDCWD, "never", AT_SYMLINK_FOLLOW));
    show("of a loop", linkat(AT_FDCWD, "loop", AT_FDCWD, "never", AT_SYMLINK_FOLLOW));
    show("not followed", linkat(AT_FDCWD, "to_file", AT_FDCWD, "to_file_too", 0));
    show_type("followed");
    show_type("to_file_too");
    show_link("to_file_too", 64);
    int directory = (int)must("open", open("directory", O_RDONLY));
    show("linkat", linkat(AT_FDCWD, "file", directory, "inner", 0));
    show("symlinkat", symlinkat("../file", directory, "upwards"));
    show("symlinkat", symlinkat("inner", directory, "sideways"));
    show_content("directory/upwards");
    show_content("to_directory/sideways");
    put("directory/sideways", "new content");
    show_content("followed");
    show("unlink", unlink("file"));
    show_type("followed");
    show_content("directory/upwards");
    show_content("directory/inner");
    put("to_missing", "made through the link");
    show_content("missing");
    show("to a name with odd bytes", symlink("a b\n\xff\xc3\xa9//.", "odd"));
    show_link("odd", 64);
    show("linkat in nothing", linkat(1000, "file", AT_FDCWD, "x", 0));
    show("symlinkat in nothing", symlinkat("file", 1000, "x"));
    show("readlinkat in nothing", readlinkat(1000, "file", (char[4]){ 0 }, 4));
    return 0;
}
