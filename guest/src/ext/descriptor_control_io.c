/*
 * ioctl and sockatmark. Which requests there are is the host's affair, but for FIOCLEX and FIONCLEX, which no import
 * carries, and SIOCGIFCONF, whose argument has a pointer in it. A host cannot tell a NULL from the address 0, so NULL is
 * refused here.
 */
#include "descriptor_control.h"
#include "internal.h"
#include "interfaces.h"
#include "raw.h"

#include <limits.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

BERTH_ASSERT(sizeof(struct ifreq) == 32 && offsetof(struct ifreq, ifr_addr) == 16, "the layout of the import");

/* How WASI libc's <sys/ioctl.h> numbers these two. */
#define WASI_FIONREAD 1
#define WASI_FIONBIO 2

#define SIOC_FIRST 0x8900
#define SIOC_LAST 0x89ff

/* For a NULL: the descriptor is looked at first, and whether it has such requests at all. */
static int
refuse_null(int fd, unsigned request)
{
    bool stream;
    int error = berth_is_stream(fd, &stream);
    if (error == ENOTSOCK)
        error = request >= SIOC_FIRST && request <= SIOC_LAST ? ENOTTY : 0;
    return berth_result(error != 0 ? error : EFAULT);
}

static int
mark_close_on_exec(int fd, bool on)
{
    __wasi_fdstat_t stat;
    int error = __wasi_fd_fdstat_get(fd, &stat);
    if (error == 0)
        berth_set_close_on_exec(fd, on);
    return berth_result(error);
}

/* One entry for each IPv4 address, as many as there is room for; without a room, the size of one that is enough. */
static int
list_addresses(int fd, struct ifconf *list)
{
    berth_interface *entries;
    uint32_t count;
    size_t found = 0, room = list->ifc_len > 0 ? (size_t)list->ifc_len / sizeof(struct ifreq) : 0;
    bool stream;
    int error = berth_is_stream(fd, &stream);
    if (error == 0)
        error = berth_read_interfaces(&entries, &count);
    if (error != 0)
        return berth_result(error == ENOTSOCK ? ENOTTY : error);
    for (uint32_t i = 0; i < count; i++) {
        sa_family_t family;
        struct ifreq entry;
        memcpy(&family, entries[i].address, sizeof family);
        if (family != AF_INET || (list->ifc_buf != NULL && found == room))
            continue;
        if (list->ifc_buf != NULL) {
            memset(&entry, 0, sizeof entry);
            memcpy(entry.ifr_name, entries[i].name, sizeof entry.ifr_name);
            memcpy(&entry.ifr_addr, entries[i].address, sizeof entry.ifr_addr);
            memcpy(list->ifc_buf + found * sizeof entry, &entry, sizeof entry);
        }
        found++;
    }
    free(entries);
    list->ifc_len = (int)(found * sizeof(struct ifreq));
    return 0;
}

int
ioctl(int fd, int request, ...)
{
    unsigned number = (unsigned)request;
    void *argument = NULL;
    va_list arguments;
    if (number == FIOCLEX || number == FIONCLEX) /* these have no argument */
        return mark_close_on_exec(fd, number == FIOCLEX);
    va_start(arguments, request);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    if (number == WASI_FIONREAD)
        number = FIONREAD;
    else if (number == WASI_FIONBIO)
        number = FIONBIO;
    bool has_pointer = number == FIONREAD || number == FIONBIO || number == SIOCOUTQ || (number >= SIOC_FIRST && number <= SIOC_LAST);
    if (has_pointer && argument == NULL)
        return refuse_null(fd, number);
    if (number == SIOCGIFCONF)
        return list_addresses(fd, argument);
    return berth_result(berth_v1_io_control(fd, number, argument));
}

int
sockatmark(int fd)
{
    int at_mark = 0;
    return ioctl(fd, SIOCATMARK, &at_mark) == 0 ? at_mark : -1;
}
