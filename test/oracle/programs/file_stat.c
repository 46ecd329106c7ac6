/* directory: empty */
/* stat, lstat, fstat, fstatat: type, links, size, identity, through links and not, and every errno. */
#include "check.h"

static void
show_both(const char *path)
{
    struct stat through, itself;
    int first = stat(path, &through), error = errno, second = lstat(path, &itself);
    printf("%s: stat %s", path, first < 0 ? error_name(error) : type_of(through.st_mode));
    if (first == 0 && !S_ISDIR(through.st_mode))
        printf(" %ld %lld", (long)through.st_nlink, (long long)through.st_size);
    printf(", lstat %s", second < 0 ? error_name(errno) : type_of(itself.st_mode));
    if (second == 0 && !S_ISDIR(itself.st_mode))
        printf(" %ld %lld", (long)itself.st_nlink, (long long)itself.st_size);
    printf("%s\n", first == 0 && second == 0 && through.st_ino == itself.st_ino ? ", the same" : "");
}

int
main(void)
{
    check_start();
    static const char *paths[] = {
        "file", "second", "directory", "to_file", "to_directory", "to_missing", "loop", "missing", "file/", "file/.",
        "directory/", "directory/.", "directory/..", "directory/../file", "to_file/", "to_directory/", "to_missing/",
        "loop/", "missing/x", "file/x", "to_directory/inner", "directory/inner", ".", "./", "./file", ".//file",
        "directory//inner", "directory///",
    };
    struct stat one, two;
    put("file", "content");
    must("link", link("file", "second"));
    must("mkdir", mkdir("directory", 0777));
    put("directory/inner", "x");
    must("symlink", symlink("file", "to_file"));
    must("symlink", symlink("directory", "to_directory"));
    must("symlink", symlink("missing", "to_missing"));
    must("symlink", symlink("loop", "loop"));
    for (size_t i = 0; i < COUNT(paths); i++)
        show_both(paths[i]);

    int fd = (int)must("open", open("to_file", O_RDONLY));
    must("fstat", fstat(fd, &one));
    must("stat", stat("second", &two));
    print_yes("one file", one.st_ino == two.st_ino && one.st_dev == two.st_dev);
    must("stat", stat("directory", &two));
    print_yes("another one", one.st_ino != two.st_ino && one.st_dev == two.st_dev);
    print_yes("times are there", one.st_mtim.tv_sec > 1577836800 && one.st_ctim.tv_sec > 1577836800);
    show("unlink", unlink("second"));
    must("fstat", fstat(fd, &one));
    printf("links: %ld\n", (long)one.st_nlink);

    int directory = (int)must("open", open("directory", O_RDONLY));
    show("fstatat", fstatat(directory, "inner", &one, 0));
    printf("  %s, %lld\n", type_of(one.st_mode), (long long)one.st_size);
    show("fstatat of a link", fstatat(AT_FDCWD, "to_file", &one, AT_SYMLINK_NOFOLLOW));
    printf("  %s\n", type_of(one.st_mode));
    show("fstatat in a file", fstatat(fd, "inner", &one, 0));
    show("fstatat in nothing", fstatat(1000, "inner", &one, 0));
    for (int stream = 0; stream < 3; stream++) {
        show("a standard stream", fstat(stream, &one));
        printf("  %s\n", type_of(one.st_mode));
    }
    int tcp = new_socket(AF_INET, SOCK_STREAM);
    show("a socket", fstat(tcp, &one));
    print_yes("  is one", S_ISSOCK(one.st_mode));
    return 0;
}
