/* directory: empty */
/* Functions that walk trees, and calls relative to an open directory with "." and "..". */
#include "check.h"

#include <ftw.h>
#include <glob.h>

static char found[100][100];
static int count;

static int
note(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
    const char *name = kind == FTW_F    ? "file"
                       : kind == FTW_D  ? "directory before"
                       : kind == FTW_DP ? "directory after"
                       : kind == FTW_SL ? "link"
                       : kind == FTW_SLN ? "dangling link"
                                         : "another";
    snprintf(found[count++], sizeof found[0], "%s, %s, level %d, base %d, %ld", path, name, where->level, where->base,
             S_ISDIR(stat->st_mode) ? 0L : (long)stat->st_size);
    return 0;
}

static void
show_walk(const char *what, int flags)
{
    char *lines[100];
    count = 0;
    show(what, nftw("tree", note, 10, flags));
    for (int i = 0; i < count; i++)
        lines[i] = found[i];
    qsort(lines, (size_t)count, sizeof lines[0], alphabetically);
    for (int i = 0; i < count; i++)
        printf("  %s\n", lines[i]);
}

static int
no_dots(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int
main(void)
{
    check_start();
    must("mkdir", mkdir("tree", 0777));
    must("mkdir", mkdir("tree/one", 0777));
    must("mkdir", mkdir("tree/one/two", 0777));
    must("mkdir", mkdir("tree/hollow", 0777));
    put("tree/one/two/deep", "deep");
    put("tree/one/b.txt", "b");
    put("tree/one/a.txt", "a");
    put("tree/c.txt", "c");
    must("symlink", symlink("missing", "tree/dangling"));
    must("symlink", symlink("../c.txt", "tree/one/to_c"));
    show_walk("nftw following", 0);
    must("symlink", symlink("one", "tree/to_one"));
    show_walk("nftw not following", FTW_PHYS);
    show_walk("nftw contents first", FTW_PHYS | FTW_DEPTH);
    show("nftw of nothing", nftw("missing", note, 10, FTW_PHYS));

    struct dirent **list;
    int entries = (int)show("scandir", scandir("tree/one", &list, no_dots, alphasort));
    for (int i = 0; i < entries; i++)
        printf("  %s\n", list[i]->d_name);
    show("scandir of nothing", scandir("missing", &list, NULL, alphasort));
    glob_t matches;
    static const char *patterns[] = { "tree/*", "tree/*/*.txt", "*/*/two/d??p", "tree/[c-h]*", "nothing/*", "tree/*/" };
    for (size_t i = 0; i < COUNT(patterns); i++) {
        int code = glob(patterns[i], 0, NULL, &matches);
        printf("glob %s: %s", patterns[i], code == 0 ? "" : code == GLOB_NOMATCH ? "no match" : "an error");
        for (size_t j = 0; code == 0 && j < matches.gl_pathc; j++)
            printf(" %s", matches.gl_pathv[j]);
        printf("\n");
        if (code == 0)
            globfree(&matches);
    }

    /* Only downwards again from where ".." goes to: a directory opened is a capability for what is below it. */
    int tree = (int)must("open", open("tree", O_RDONLY | O_DIRECTORY));
    static const char *paths[] = {
        "c.txt", "one/a.txt", "./one/a.txt", "one/../c.txt", "one/two/../../c.txt", "to_one/../c.txt", "one/two/deep",
        "one/two/deep/..", "one/two/deep/.", "one/missing/..", "one/..", "one/.", ".", "dangling/..",
        "one//../one/.././/one///two/../a.txt", "to_one/two/../../to_one/b.txt",
    };
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct stat stat;
        int result = fstatat(tree, paths[i], &stat, 0);
        printf("%s: %s\n", paths[i], result < 0 ? error_name(errno) : type_of(stat.st_mode));
    }
    show("create upwards", close(openat(tree, "one/two/../created", O_WRONLY | O_CREAT, 0666)));
    show("mkdir upwards", mkdirat(tree, "one/../made", 0777));
    show("rename upwards", renameat(tree, "one/two/../created", tree, "one/../made/renamed"));
    int one = (int)must("open", openat(tree, "one", O_RDONLY | O_DIRECTORY));
    show("move the directory", rename("tree/one", "tree/made/one"));
    show("what is in it moved along", faccessat(one, "two/deep", F_OK, 0));
    show("its parent is the new one", access("tree/made/one/../renamed", F_OK));
    show("the link to it dangles", access("tree/to_one/two", F_OK));
    show("the tree moves too", rename("tree", "forest"));
    show("what is in it moved along", faccessat(tree, "made/one/two/../a.txt", F_OK, 0));
    return 0;
}
