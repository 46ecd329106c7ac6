/* h_errno, hstrerror and herror: the errors of gethostbyname and its kin */
#include <netdb.h>
#include <stdio.h>

int *
berth_h_errno(void)
{
    static __thread int code;
    return &code;
}

const char *
hstrerror(int code)
{
    switch (code) {
        case NETDB_INTERNAL:
            return "Resolver internal error";
        case NETDB_SUCCESS:
            return "Resolver Error 0 (no error)";
        case HOST_NOT_FOUND:
            return "Unknown host";
        case TRY_AGAIN:
            return "Host name lookup failure";
        case NO_RECOVERY:
            return "Unknown server error";
        case NO_DATA:
            return "No address associated with name";
        default:
            return code < 0 ? "Resolver internal error" : "Unknown resolver error";
    }
}

void
herror(const char *text)
{
    if (text != NULL && text[0] != '\0')
        fprintf(stderr, "%s: ", text);
    fprintf(stderr, "%s\n", hstrerror(h_errno));
}
