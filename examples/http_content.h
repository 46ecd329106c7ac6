/* What http_server.c serves: pages of its own, and files below a directory. Knows nothing of connections. */
#ifndef HTTP_CONTENT_H
#define HTTP_CONTENT_H

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PATH_BYTES 1024

struct page {
    const char *path, *type, *content;
};

static const struct page PAGES[] = {
    {"/", "text/html; charset=utf-8",
     "<!doctype html>\n<title>It works</title>\n<h1>It works</h1>\n"
     "<p>Also here: <a href=\"/about\">about</a>, <a href=\"/health\">health</a>.</p>\n"},
    {"/about", "text/plain; charset=utf-8", "A small HTTP server. The same source runs natively and as WebAssembly.\n"},
    {"/health", "text/plain; charset=utf-8", "ok\n"},
};

static const struct {
    const char *suffix, *type;
} TYPES[] = {
    {".html", "text/html; charset=utf-8"}, {".css", "text/css"},       {".js", "text/javascript"},
    {".md", "text/plain; charset=utf-8"},  {".json", "application/json"}, {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},             {".png", "image/png"},      {".jpg", "image/jpeg"},
    {".wasm", "application/wasm"},
};

struct http_file {
    int fd;
    off_t size;
    const char *type;
};

static inline const struct page *
find_page(const char *path)
{
    for (size_t i = 0; i < sizeof PAGES / sizeof *PAGES; i++)
        if (strcmp(path, PAGES[i].path) == 0)
            return &PAGES[i];
    return NULL;
}

static inline const char *
type_of(const char *path)
{
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        size_t length = strlen(path), suffix = strlen(TYPES[i].suffix);
        if (length > suffix && strcasecmp(path + length - suffix, TYPES[i].suffix) == 0)
            return TYPES[i].type;
    }
    return "application/octet-stream";
}

/* Opens the file of a path that begins with a slash; one that ends with a slash has an index. 0, or an errno: EISDIR for a
 * directory without its slash. */
static inline int
open_file(int directory, const char *path, struct http_file *file)
{
    char name[MAX_PATH_BYTES + sizeof "index.html"];
    size_t length = strlen(path + 1);
    struct stat status;
    int error;
    if (length >= MAX_PATH_BYTES)
        return ENAMETOOLONG;
    memcpy(name, path + 1, length + 1);
    if (path[length] == '/')
        memcpy(name + length, "index.html", sizeof "index.html");
    file->type = type_of(name);
    file->size = 0;
    /* O_NONBLOCK: or a FIFO would stop the server. */
    file->fd = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file->fd < 0)
        return errno;
    error = fstat(file->fd, &status) != 0 ? errno : S_ISREG(status.st_mode) ? 0 : S_ISDIR(status.st_mode) ? EISDIR : ENOENT;
    if (error != 0) {
        close(file->fd);
        return error;
    }
    file->size = status.st_size;
    return 0;
}

#endif
