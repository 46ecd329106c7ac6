/* socket */
#include "extended.h"

int
socket(int domain, int type, int protocol)
{
    int32_t fd;
    if (domain != AF_UNIX)
        return berth_inet_socket(domain, type, protocol);
    int error = berth_check_unix_socket(type, protocol);
    if (error == 0)
        error = berth_v1_socket(domain, berth_unix_type(type), 0, &fd);
    return berth_result(error) == 0 ? fd : -1;
}
