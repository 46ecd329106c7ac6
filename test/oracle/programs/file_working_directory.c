/* directory: empty */
/* chdir and getcwd, and that every call then starts there; realpath. */
#include "check.h"

static char start[4096];

/* The part of a path below where the program started. */
static const char *
below(const char *path)
{
    size_t length = strlen(start);
    if (path == NULL)
        return error_name(errno);
    if (strncmp(path, start, length) == 0)
        path += length;
    return *path == '/' ? path + 1 : path;
}

int
main(void)
{
    check_start();
    char room[4096];
    must("getcwd", getcwd(start, sizeof start) ? 0 : -1);
    must("mkdir", mkdir("a", 0777));
    must("mkdir", mkdir("a/b", 0777));
    must("symlink", symlink("a/b", "to_b"));
    put("file", "at the top");
    put("a/file", "in a");
    put("a/b/file", "in b");
    show("chdir", chdir("a"));
    printf("at \"%s\"\n", below(getcwd(room, sizeof room)));
    show_content("file");
    show_content("b/file");
    show_content("./file");
    show_content("b/../b/file");
    show("chdir", chdir("b"));
    printf("at \"%s\"\n", below(getcwd(room, sizeof room)));
    show_content("file");
    put("new", "new in b");
    must("mkdir", mkdir("c", 0777));
    show("rename", rename("new", "c/newer"));
    show("link", link("c/newer", "newest"));
    show("symlink", symlink("newest", "sign"));
    show_content("sign");
    show_type("sign");
    show_names(".");
    show("unlink", unlink("sign"));
    show("rmdir", rmdir("c"));
    show("of a file", chdir("file"));
    show("of nothing", chdir("missing"));
    show("too small", getcwd(room, 1) ? 0 : -1);
    printf("still at \"%s\"\n", below(getcwd(room, sizeof room)));
    char *made = getcwd(NULL, 0);
    printf("in a room of its own \"%s\"\n", below(made));
    free(made);
    show("back by the whole path", chdir(start));
    printf("at \"%s\"\n", below(getcwd(room, sizeof room)));
    show_content("file");
    show("through a link", chdir("to_b"));
    show_content("file");
    show("upwards", chdir(".."));
    show_content("file");
    show_content("../file");
    show("back", chdir(start));
    int fd = (int)must("open", open(strcat(start, "/a/file"), O_RDONLY));
    print_bytes("by the whole path", room, read(fd, room, 8));
    return 0;
}
