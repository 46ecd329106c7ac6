/* directory: empty */
/* Reading a directory of a thousand entries: all are there once, with types, from the start, and from a place noted. */
#include "check.h"

#define ENTRIES 1000

static int seen[ENTRIES];

/* Reads on, counting, until the end or after so many. */
static int
count_entries(DIR *directory, int most)
{
    int count = 0, number;
    struct dirent *entry;
    while (count < most && (entry = readdir(directory)) != NULL) {
        if (sscanf(entry->d_name, "entry%d", &number) == 1)
            seen[number]++;
        count++;
    }
    return count;
}

static void
show_seen(const char *what)
{
    int times[4] = { 0 };
    for (int i = 0; i < ENTRIES; i++)
        times[seen[i] < 3 ? seen[i] : 3]++;
    printf("%s: never %d, once %d, twice %d, more often %d\n", what, times[0], times[1], times[2], times[3]);
    memset(seen, 0, sizeof seen);
}

int
main(void)
{
    check_start();
    char name[64];
    must("mkdir", mkdir("d", 0777));
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(name, sizeof name, "d/entry%d%.*s", i, i % 40, "_______________________________________");
        if (i % 3 == 0)
            must("mkdir", mkdir(name, 0777));
        else if (i % 3 == 1)
            must("symlink", symlink("missing", name));
        else
            must("open", close(open(name, O_WRONLY | O_CREAT, 0666)));
    }
    DIR *directory = opendir("d");
    must("opendir", directory ? 0 : -1);
    show("entries", count_entries(directory, 10000));
    show_seen("all");
    show("at the end", count_entries(directory, 10000));
    rewinddir(directory);
    show("after rewinddir", count_entries(directory, 10000));
    show_seen("all");
    rewinddir(directory);
    show("some", count_entries(directory, 357));
    long place = telldir(directory);
    show("the rest", count_entries(directory, 10000));
    show_seen("all");
    seekdir(directory, place);
    show("the rest again", count_entries(directory, 10000));
    rewinddir(directory);
    show("the same some", count_entries(directory, 357));
    show_seen("all");

    int types[3] = { 0 }, dots = 0, right = 0;
    rewinddir(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        struct stat stat;
        bool dot = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        dots += dot;
        if (dot)
            continue;
        types[entry->d_type == DT_REG ? 0 : entry->d_type == DT_DIR ? 1 : 2]++;
        must("fstatat", fstatat(dirfd(directory), entry->d_name, &stat, AT_SYMLINK_NOFOLLOW));
        right += stat.st_ino == entry->d_ino;
    }
    printf("files %d, directories %d, others %d, dots %d\n", types[0], types[1], types[2], dots);
    printf("right serial numbers: %d\n", right);
    show("closedir", closedir(directory));

    /* What is added or removed meanwhile may come or not; all others come once. */
    directory = opendir("d");
    must("opendir", directory ? 0 : -1);
    count_entries(directory, 100);
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(name, sizeof name, "d/entry%d%.*s", i, i % 40, "_______________________________________");
        if (i % 2 == 0)
            must("remove", remove(name));
        snprintf(name, sizeof name, "d/added%d", i);
        if (i % 5 == 0)
            put(name, "");
    }
    count_entries(directory, 10000);
    for (int i = 0; i < ENTRIES; i += 2)
        seen[i] = 0;
    show_seen("odd ones while others come and go");
    rewinddir(directory);
    show("after rewinddir", count_entries(directory, 10000));
    show_seen("all");
    rewinddir(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.')
            must("remove", unlinkat(dirfd(directory), entry->d_name, entry->d_type == DT_DIR ? AT_REMOVEDIR : 0));
    show("rmdir when each one was removed", rmdir("d"));
    rewinddir(directory);
    show("after it was removed", readdir(directory) ? 1 : 0);
    show("of what was removed", opendir("d") ? 0 : -1);
    put("file", "");
    show("of a file", opendir("file") ? 0 : -1);
    show_names(".");
    return 0;
}
