/* directory: empty */
/* stdio: places, lines of all lengths, pushing back, buffers of all sizes, scanning. */
#include "check.h"

static void
write_and_count(const char *name, int mode, size_t size)
{
    static char buffer[4096];
    FILE *file = fopen(name, "w");
    struct stat stat;
    must("setvbuf", setvbuf(file, buffer, mode, size));
    fputs("some", file);
    must("stat", lstat(name, &stat));
    printf("%s: %lld", name, (long long)stat.st_size);
    fputs(" text\nmore", file);
    must("stat", lstat(name, &stat));
    printf(", whole line %s", stat.st_size >= 10 ? "yes" : "no");
    fflush(file);
    must("stat", lstat(name, &stat));
    printf(", flushed %lld\n", (long long)stat.st_size);
    fclose(file);
}

int
main(void)
{
    check_start();
    static char line[70000];
    FILE *file = fopen("lines", "w+");
    must("fopen", file ? 0 : -1);
    for (int length = 0; length < 70000; length = length * 3 + 1)
        fprintf(file, "%*s\n", length, "|");
    fputs("the last without an end", file);
    printf("at %ld\n", ftell(file));
    rewind(file);
    for (int i = 0; fgets(line, 100, file); i++)
        if (strlen(line) < 99 || i < 10)
            printf("fgets %d: %d, ended %d\n", i, (int)strlen(line), line[strlen(line) - 1] == '\n');
    print_yes("end", feof(file) && !ferror(file));
    rewind(file);
    char *grown = NULL;
    size_t room = 0;
    for (ssize_t count; (count = getline(&grown, &room, file)) >= 0;)
        printf("getline: %d\n", (int)count);
    free(grown);

    show("SEEK_END", fseek(file, -5, SEEK_END));
    print_bytes("fgets", fgets(line, 100, file), 5);
    show("beyond the end", fseek(file, 10, SEEK_END));
    print_yes("fgetc is EOF", fgetc(file) == EOF);
    show("fputc", fputc('!', file));
    show("below zero", fseek(file, -1, SEEK_SET));
    show("unknown whence", fseek(file, 0, 9));
    show("SEEK_SET", fseeko(file, 2, SEEK_SET));
    show("fgetc", fgetc(file));
    show("ungetc", ungetc('u', file));
    show("one before", ftell(file));
    show("fgetc", fgetc(file));
    show("SEEK_CUR", fseek(file, 3, SEEK_CUR));
    printf("at %lld\n", (long long)ftello(file));
    fpos_t place;
    show("fgetpos", fgetpos(file, &place));
    show("ungetc is forgotten", ungetc('x', file));
    show("fsetpos", fsetpos(file, &place));
    printf("at %ld\n", ftell(file));
    show("fclose", fclose(file));

    write_and_count("unbuffered", _IONBF, 0);
    write_and_count("by lines", _IOLBF, 1024);
    write_and_count("fully", _IOFBF, 1024);
    file = fopen("numbers", "w+");
    for (int i = 0; i < 2000; i++)
        fprintf(file, "%d %x %.3f word%d\n", i, (unsigned)i * 7, i / 8.0, i);
    rewind(file);
    int number, right = 0;
    unsigned hexadecimal;
    double real;
    while (fscanf(file, "%d %x %lf %s", &number, &hexadecimal, &real, line) == 4)
        right += hexadecimal == (unsigned)number * 7 && real > number / 8.0 - 0.01 && atoi(line + 4) == number;
    printf("scanned: %d\n", right);
    show("fclose", fclose(file));
    show("unlink", unlink("numbers") + unlink("lines"));
    return 0;
}
