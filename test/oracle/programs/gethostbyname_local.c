/* iwasm: --allow-resolve=* */
/* gethostbyname and its kin: numbers, the local host, room that is too small, errors by h_errno. */
#include "names.h"

static void
show_host(const char *what, const struct hostent *host)
{
    printf("%s: ", what);
    if (host == NULL) {
        printf("h_errno %d %s\n", h_errno, hstrerror(h_errno));
        return;
    }
    printf("%s, %s, %d bytes,", host->h_name, family_name(host->h_addrtype), host->h_length);
    for (char **next = host->h_addr_list; *next; next++) {
        char text[64];
        printf(" %s", inet_ntop(host->h_addrtype, *next, text, sizeof text));
    }
    printf("\n");
}

int
main(void)
{
    check_start();
    show_host("localhost", gethostbyname("localhost"));
    show_host("127.0.0.1", gethostbyname("127.0.0.1"));
    show_host("127.1", gethostbyname("127.1"));
    show_host("::1", gethostbyname("::1"));
    show_host("::1 for IPv6", gethostbyname2("::1", AF_INET6));
    show_host("127.0.0.1 for IPv6", gethostbyname2("127.0.0.1", AF_INET6));
    struct hostent host, *result;
    char room[512];
    int error = -7;
    static const size_t sizes[] = { 0, 8, sizeof room };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        int code = gethostbyname_r("127.0.0.1", &host, room, sizes[i], &result, &error);
        printf("room %zu: %s, h_errno %d\n", sizes[i], code == 0 ? "found" : error_name(code), error);
        show_host("  ", code == 0 ? result : gethostbyname("10.0.0.1"));
    }
    int code = gethostbyname2_r("::2", AF_INET6, &host, room, sizeof room, &result, &error);
    printf("gethostbyname2_r: %d %d\n", code, error);
    show_host("  ", result);
    for (int i = -1; i <= 5; i++)
        printf("%d: %s\n", i, hstrerror(i));
    return 0;
}
