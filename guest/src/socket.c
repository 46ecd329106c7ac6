/* socket */
#include "internal.h"

int
socket(int domain, int type, int protocol)
{
    return berth_inet_socket(domain, type, protocol);
}
