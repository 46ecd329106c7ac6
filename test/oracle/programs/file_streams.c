/* directory: empty */
/* stdio: the modes of fopen and what may be done in each; freopen and fdopen. */
#include "check.h"

static void
try_mode(const char *path, const char *mode)
{
    char room[16] = "";
    FILE *file = fopen(path, mode);
    printf("fopen %s %s: %s\n", path, mode, file ? "open" : error_name(errno));
    if (file == NULL)
        return;
    if (mode[0] != 'a') /* where an appending stream is before its first write differs between C libraries */
        printf("  at %ld", ftell(file));
    size_t count = fread(room, 1, 3, file);
    printf("  read %d \"%s\"%s%s", (int)count, room, ferror(file) ? " error" : "", feof(file) ? " end" : "");
    clearerr(file);
    printf(", seek %d", fseek(file, 0, SEEK_CUR));
    count = fwrite("XYZ", 1, 3, file);
    printf(", wrote %d, flushed %d%s", (int)count, fflush(file), ferror(file) ? " error" : "");
    printf(", at %ld", ftell(file));
    rewind(file);
    memset(room, 0, sizeof room);
    count = fread(room, 1, 15, file);
    printf(", then %d \"%s\"\n", (int)count, room);
    show("  fclose", fclose(file));
}

int
main(void)
{
    check_start();
    static const char *modes[] = { "r", "rb", "r+", "w", "w+", "w+b", "a", "a+", "wx", "w+x", "re", "q" };
    must("mkdir", mkdir("directory", 0777));
    for (size_t i = 0; i < COUNT(modes); i++) {
        put("file", "content");
        try_mode("file", modes[i]);
        show_content("file");
        try_mode("missing", modes[i]);
        unlink("missing");
    }
    try_mode("directory", "w");
    try_mode("file/x", "w");
    try_mode("missing/x", "w");

    put("file", "content");
    FILE *file = fopen("file", "r");
    must("fopen", file ? 0 : -1);
    show("fgetc", fgetc(file));
    file = freopen("other", "w+", file);
    print_yes("freopen", file != NULL);
    show("fputs", fputs("through another name", file) >= 0);
    show("fclose", fclose(file));
    show_content("other");
    file = fopen("file", "r+");
    print_yes("freopen to nothing", freopen("missing/x", "r", file) != NULL);

    int fd = (int)must("open", open("file", O_RDWR));
    must("lseek", lseek(fd, 3, SEEK_SET));
    file = fdopen(fd, "a");
    print_yes("fdopen", file != NULL && fileno(file) == fd);
    show("fprintf", fprintf(file, "%d %s", 42, "appended"));
    show("fclose", fclose(file));
    show("close", close(fd));
    show_content("file");
    file = fopen("file", "w");
    show("fputs", fputs("never flushed but by the end of the program", file) >= 0);
    return 0;
}
