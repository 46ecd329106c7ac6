/* directory: empty */
/* Symbolic links through links: chains as long as Linux follows and one longer, cycles, links as middle parts. */
#include "check.h"

static void
show_open(const char *path)
{
    char text[80];
    int fd = open(path, O_RDONLY);
    snprintf(text, sizeof text, "open %s", path);
    show_fd(text, fd);
    if (fd >= 0)
        close(fd);
}

int
main(void)
{
    check_start();
    char name[32], target[32] = "file";
    struct stat stat;
    put("file", "content");
    for (int i = 1; i <= 45; i++) {
        snprintf(name, sizeof name, "chain%d", i);
        must("symlink", symlink(target, name));
        strcpy(target, name);
    }
    show_open("chain1");
    show_open("chain39");
    show_open("chain40");
    show_open("chain41");
    show_open("chain45");
    show("stat of the last", lstat("chain45", &stat));
    show("fstatat following", fstatat(AT_FDCWD, "chain41", &stat, 0));
    show("truncate", truncate("chain41", 1));
    show("create", open("chain41", O_WRONLY | O_CREAT, 0666));
    show("mkdir", mkdir("chain41", 0777));
    show("rename", rename("chain45", "chain46"));

    must("mkdir", mkdir("a", 0777));
    must("mkdir", mkdir("a/b", 0777));
    put("a/b/deep", "deep");
    must("symlink", symlink("a/b", "short"));
    must("symlink", symlink("..", "a/b/up"));
    must("symlink", symlink("../../short/up/b/deep", "a/b/around"));
    must("symlink", symlink("two", "one"));
    must("symlink", symlink("one", "two"));
    must("symlink", symlink("self/x", "self"));
    must("symlink", symlink("a/b/", "slashed"));
    must("symlink", symlink("file/", "wrong"));
    must("symlink", symlink(".", "here"));
    show_content("short/deep");
    show_content("short/up/b/deep");
    show_content("short/../b/deep");
    show_content("short/around");
    show_content("a/b/up/b/up/b/up/b/deep");
    show_content("slashed/deep");
    show_content("here/here/here/a/b/deep");
    show_open("slashed");
    show_open("wrong");
    show_open("one");
    show_open("one/x");
    show_open("self");
    show_open("here");
    show("create through one", close(open("short/new", O_WRONLY | O_CREAT, 0666)));
    show("mkdir through two", mkdir("here/short/up/sub", 0777));
    show("rename through them", rename("short/new", "here/a/sub/newer"));
    show("link through them", link("slashed/deep", "short/up/sub/second"));
    show("unlink through one", unlink("here/a/b/around"));
    show_names("a/sub");
    show("unlink of a cycle", unlink("one"));
    show_open("two");
    return 0;
}
