/* Reading a request of HTTP/1.1, for http_server.c: text only, no sockets. Source: RFC 9112. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_HEAD_BYTES 8192 /* of a request: its first line and its header */

struct request {
    char *method, *target; /* the target's scheme and host are passed over */
    int is_head, keep;     /* keep: another request may follow on this connection */
    uint64_t body_bytes;
};

/* The size of the request's head with the empty line that ends it; 0 while that is not there. */
static inline size_t
head_size(const char *data, size_t size)
{
    for (size_t i = 1; i < size; i++)
        if (data[i] == '\n' && (data[i - 1] == '\n' || (data[i - 1] == '\r' && i > 1 && data[i - 2] == '\n')))
            return i + 1;
    return 0;
}

/* Ends the line that `*rest` begins with and goes on to the next. */
static inline char *
take_line(char **rest)
{
    char *line = *rest, *end = strchr(line, '\n');
    *rest = end + 1;
    if (end > line && end[-1] == '\r')
        end--;
    *end = '\0';
    return line;
}

static inline int
has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (list += strspn(list, ", \t"); *list != '\0'; list += strspn(list, ", \t")) {
        size_t item = strcspn(list, ", \t");
        if (item == length && strncasecmp(list, word, length) == 0)
            return 1;
        list += item;
    }
    return 0;
}

/* `head`: whole lines, behind them a NUL and no other. NULL, or the status of what is wrong: then nobody knows where the
 * next request would begin. */
static inline const char *
parse_request(char *head, struct request *request)
{
    int is_1_1, hosts = 0, lengths = 0;
    char *version;
    request->method = take_line(&head);
    request->target = strchr(request->method, ' ');
    version = request->target == NULL ? NULL : strchr(request->target + 1, ' ');
    if (version == NULL || request->target == request->method)
        return "400 Bad Request";
    *request->target++ = *version++ = '\0';
    for (const char *at = request->target; *at != '\0'; at++)
        if (*at <= ' ' || *at >= 0x7f)
            return "400 Bad Request";
    if (strncasecmp(request->target, "http://", 7) == 0) {
        request->target += 7 + strcspn(request->target + 7, "/?#");
        if (*request->target != '/') {
            *request->target = '\0'; /* a query */
            *--request->target = '/';
        }
    }
    if (strncmp(version, "HTTP/", 5) != 0)
        return "400 Bad Request";
    is_1_1 = strcmp(version, "HTTP/1.1") == 0;
    if (!is_1_1 && strcmp(version, "HTTP/1.0") != 0)
        return "505 HTTP Version Not Supported";
    request->is_head = strcmp(request->method, "HEAD") == 0;
    request->keep = is_1_1;
    while (*head != '\0') {
        char *name = take_line(&head), *value = name + strcspn(name, ": \t"), *end;
        if (value == name || *value != ':')
            return "400 Bad Request";
        *value++ = '\0';
        value += strspn(value, " \t");
        for (end = value + strlen(value); end > value && (end[-1] == ' ' || end[-1] == '\t');)
            *--end = '\0';
        if (strcasecmp(name, "Host") == 0) {
            hosts++;
        } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
            return "501 Not Implemented";
        } else if (strcasecmp(name, "Content-Length") == 0) {
            request->body_bytes = strtoull(value, NULL, 10);
            if (lengths++ > 0 || end == value || end - value > 18 || strspn(value, "0123456789") != (size_t)(end - value))
                return "400 Bad Request";
        } else if (strcasecmp(name, "Connection") == 0) {
            if (has_word(value, "close"))
                request->keep = 0;
            else if (has_word(value, "keep-alive"))
                request->keep = 1;
        }
    }
    return hosts == 1 || (hosts == 0 && !is_1_1) ? NULL : "400 Bad Request";
}

static inline int
hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c == '\0' ? NULL : strchr(digits, c);
    return found == NULL ? -1 : (int)(found - digits) % 16;
}

/* The path of a request's target, without query and escapes, into `path`, which has room for as much. NULL, or the status
 * of what is wrong: 400 for `..`, 404 for other names that begin with a dot. */
static inline const char *
decode_path(char *target, char *path)
{
    size_t size = 0;
    target[strcspn(target, "?#")] = '\0';
    if (*target != '/')
        return "400 Bad Request";
    for (const char *from = target; *from != '\0'; from++) {
        int value = (unsigned char)*from;
        if (value == '%') {
            int high = hex_digit(from[1]), low = high < 0 ? -1 : hex_digit(from[2]);
            value = low < 0 ? 0 : high * 16 + low;
            from += 2;
        }
        if (value == 0)
            return "400 Bad Request";
        path[size++] = (char)value;
    }
    path[size] = '\0';
    for (const char *segment = path; segment != NULL; segment = strchr(segment + 1, '/')) {
        if (strncmp(segment, "/..", 3) == 0 && (segment[3] == '/' || segment[3] == '\0'))
            return "400 Bad Request";
        if (segment[1] == '.' || segment[1] == '/')
            return "404 Not Found";
    }
    return NULL;
}

#endif
