/* directory: empty */
/* Names of 255 and 256 bytes, paths of 4095 and 4096, all bytes that a name can have, and empty paths. */
#include "check.h"

static char path[5000];

/* Without a directory WASI libc takes an empty path for ".". */
static void
try_empty(void)
{
    struct stat stat;
    char room[8];
    int here = (int)must("open", open(".", O_RDONLY));
    show("openat", openat(here, "", O_RDONLY));
    show("openat to create", openat(here, "", O_WRONLY | O_CREAT, 0666));
    show("fstatat", fstatat(here, "", &stat, 0));
    show("faccessat", faccessat(here, "", F_OK, 0));
    show("mkdirat", mkdirat(here, "", 0777));
    show("unlinkat", unlinkat(here, "", 0));
    show("unlinkat AT_REMOVEDIR", unlinkat(here, "", AT_REMOVEDIR));
    show("renameat from", renameat(here, "", here, "x"));
    show("renameat to", renameat(here, "file", here, ""));
    show("linkat from", linkat(here, "", here, "x", 0));
    show("linkat to", linkat(here, "file", here, "", 0));
    show("symlinkat to", symlinkat("", here, "x"));
    show("symlinkat at", symlinkat("file", here, ""));
    show("readlinkat", readlinkat(here, "", room, sizeof room));
    show("utimensat", utimensat(here, "", NULL, 0));
    close(here);
}

static void
try_long(const char *what)
{
    struct stat stat;
    int fd = open(path, O_RDWR | O_CREAT, 0666);
    show_fd(what, fd);
    if (fd >= 0)
        close(fd);
    show("  stat", lstat(path, &stat));
    show("  mkdir", mkdir(path, 0777));
    show("  symlink", symlink("x", path));
    show("  link", link("file", path));
    show("  readlink", readlink(path, (char[4]){ 0 }, 4));
    show("  rename", rename(path, "short"));
    show("  rename back", rename("short", path));
    show("  opendir", opendir(path) ? 0 : -1);
    show("  rmdir", rmdir(path));
    show("  unlink", unlink(path));
}

int
main(void)
{
    check_start();
    put("file", "content");
    must("mkdir", mkdir("d", 0777));
    try_empty();
    memset(path, 'n', 255);
    try_long("a name of 255");
    path[255] = 'n';
    try_long("a name of 256");
    strcpy(path + 255, "/x");
    try_long("below a name of 255 that is not there");
    strcpy(path + 256, "/x");
    path[255] = 'n';
    try_long("below a name of 256");
    for (int length = 4095; length <= 4097; length++) {
        path[0] = 'd'; /* "d/././.../f" */
        for (int i = 1; i < length; i++)
            path[i] = i % 2 ? '/' : '.';
        strcpy(path + length - 4, length % 2 ? "///f" : "/./f");
        printf("%d\n", (int)strlen(path));
        try_long("a long path");
    }
    memset(path, 'x', 4095);
    path[4095] = '\0';
    show("a link to a long path", symlink(path, "long"));
    show("readlink", readlink("long", path, sizeof path));
    show("open", open("long", O_RDONLY));
    path[4095] = 'x';
    path[4096] = '\0';
    show("a link to a longer path", symlink(path, "longer"));
    show("unlink", unlink("long"));

    char name[2] = "";
    int made = 0;
    for (int byte = 1; byte < 256; byte++) {
        name[0] = (char)(byte == '/' ? '0' : byte);
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (fd < 0)
            printf("%02x: %s\n", byte, error_name(errno));
        else
            made += write(fd, name, 1) == 1 && close(fd) == 0;
    }
    printf("made: %d\n", made);
    put("line\nbreak \xff\xfe\xc0 \xc3\xa9 \xf0\x9f\x98\x80 \xed\xa0\x80", "odd");
    bool found[256] = { false };
    DIR *directory = opendir(".");
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (strlen(entry->d_name) == 1)
            found[(unsigned char)entry->d_name[0]] = true;
        else if (strlen(entry->d_name) > 4)
            print_bytes("found", entry->d_name, (long)strlen(entry->d_name));
    closedir(directory);
    for (int byte = 1; byte < 256; byte++)
        if (!found[byte] && byte != '/')
            printf("not found: %02x\n", byte);
    show("rename", rename("\xff", "\xfe"));
    show("mkdir", mkdir("\xff\xff", 0777));
    show("in it", rename("\xfe", "\xff\xff/\x80"));
    show("out again", rename("\xff\xff/\x80", "back"));
    show_content("back");
    return 0;
}
