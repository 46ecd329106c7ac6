/* The entries of the import `interfaces`: one for each address, so that an interface may come several times. */
#ifndef BERTH_SOCKET_EXT_INTERFACES_H
#define BERTH_SOCKET_EXT_INTERFACES_H

#include <stdint.h>

#define BERTH_INTERFACE_NAME 16
#define BERTH_INTERFACE_ADDRESS 32

/* An address begins with its family, 0 for none. Its bytes are not aligned. */
typedef struct {
    uint32_t index;
    uint32_t flags; /* IFF_... */
    char name[BERTH_INTERFACE_NAME];
    unsigned char address[BERTH_INTERFACE_ADDRESS];
    unsigned char netmask[BERTH_INTERFACE_ADDRESS];
    unsigned char other[BERTH_INTERFACE_ADDRESS]; /* the broadcast address or the peer's */
} berth_interface;

/* 0 and the entries, which the caller frees, or an errno. Each name ends with a NUL. */
int berth_read_interfaces(berth_interface **entries, uint32_t *count);

#endif
