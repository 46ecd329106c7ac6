/*
 * getsockopt and setsockopt. What has an import of its own in the original goes there; level, option, value and length of all
 * others go to the host as they are, but for structures that hold a `sockaddr_storage`, whose size is not the import's.
 */
#include "extended.h"

#include <limits.h>

BERTH_ASSERT(sizeof(struct ip_mreqn) == 12 && sizeof(struct ip_mreq_source) == 12, "as on Linux");
BERTH_ASSERT(sizeof(struct in_pktinfo) == 12 && sizeof(struct in6_pktinfo) == 20, "as on Linux");
BERTH_ASSERT(offsetof(struct tcp_info, tcpi_rto) == 8 && offsetof(struct tcp_info, tcpi_pacing_rate) == 104, "as on Linux");

/* MCAST_JOIN_GROUP and its family: the import's value. */
typedef struct {
    uint32_t interface_index;
    uint32_t unused;
    uint8_t group[32];
    uint8_t source[32];
} group_record;

BERTH_ASSERT(sizeof(group_record) == 72 && sizeof(struct sockaddr_in6) <= 32, "the import's record");

/* --- get ------------------------------------------------------------------------------------------------------------ */

/* SOCK_SEQPACKET is a stream to the question that answers for SO_TYPE otherwise; such sockets have no IP address. */
static bool
is_plain_get(int fd, int level, int option)
{
    __wasi_addr_t local;
    if (level == SOL_SOCKET && option == SO_TYPE)
        return __wasi_sock_addr_local(fd, &local) == 0;
    return berth_is_plain_option(level, option);
}

int
getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict size)
{
    uint8_t scratch[256];
    if (size != NULL && *size > INT_MAX && level == IPPROTO_IPV6)
        *size = sizeof(int); /* Linux takes a negative length for a large one here, and for a mistake at other levels */
    if (size == NULL || *size > INT_MAX || is_plain_get(fd, level, option))
        return berth_get_plain_option(fd, level, option, value, size);
    if (value != NULL || *size == 0)
        return berth_result(berth_v1_get_option(fd, level, option, value, size));
    /* Hosts do not know a NULL. Linux finds out when it has the value, so that other mistakes come first. */
    uint32_t room = *size < sizeof scratch ? *size : sizeof scratch;
    int error = berth_v1_get_option(fd, level, option, scratch, &room);
    return berth_result(error != 0 || room == 0 ? error : EFAULT);
}

/* --- set ------------------------------------------------------------------------------------------------------------ */

/* Whether a value is one of the few that the original's import cannot carry. */
static bool
is_extended_value(int level, int option, const void *value, socklen_t size)
{
    struct timeval time;
    struct ip_mreqn request;
    int number;
    if (value == NULL)
        return false;
    if (level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO) && size >= sizeof time) {
        memcpy(&time, value, sizeof time);
        return time.tv_sec < 0; /* Linux does not wait at all then */
    }
    if (level != IPPROTO_IP)
        return false;
    if ((option == IP_TTL || option == IP_MULTICAST_TTL) && size >= sizeof number) {
        memcpy(&number, value, sizeof number);
        return number == -1; /* the default again, which is the host's */
    }
    if ((option == IP_ADD_MEMBERSHIP || option == IP_DROP_MEMBERSHIP) && size >= sizeof request) {
        memcpy(&request, value, sizeof request);
        return request.imr_ifindex != 0;
    }
    return false;
}

/* `has_source`: struct group_source_req, else struct group_req, which is its beginning. */
static int
set_group(int fd, int level, int option, const void *value, socklen_t size, bool has_source)
{
    struct group_source_req request;
    size_t full = has_source ? sizeof request : sizeof(struct group_req);
    group_record record;
    BERTH_ASSERT(offsetof(struct group_source_req, gsr_group) == offsetof(struct group_req, gr_group), "same beginning");
    if (size >= full && value == NULL)
        return berth_refuse(fd, EFAULT);
    memset(&record, 0, sizeof record);
    /* Of too short a value only the length passes on: the host knows whether there is such a level at all. */
    if (size < full)
        return berth_result(berth_v1_set_option(fd, level, option, &record, 0));
    memcpy(&request, value, full);
    record.interface_index = request.gsr_interface;
    memcpy(record.group, &request.gsr_group, sizeof record.group);
    if (has_source)
        memcpy(record.source, &request.gsr_source, sizeof record.source);
    return berth_result(berth_v1_set_option(fd, level, option, &record, sizeof record));
}

static bool
is_text(int tcp_option)
{
    return tcp_option == TCP_CONGESTION || tcp_option == TCP_ULP || tcp_option == TCP_FASTOPEN_KEY;
}

static int
set_other_option(int fd, int level, int option, const void *value, socklen_t size)
{
    static const int zero = 0;
    if (level == IPPROTO_IP || level == IPPROTO_IPV6) {
        switch (option) {
            case MCAST_JOIN_GROUP:
            case MCAST_LEAVE_GROUP:
                return set_group(fd, level, option, value, size, false);
            case MCAST_JOIN_SOURCE_GROUP:
            case MCAST_LEAVE_SOURCE_GROUP:
            case MCAST_BLOCK_SOURCE:
            case MCAST_UNBLOCK_SOURCE:
                return set_group(fd, level, option, value, size, true);
            case MCAST_MSFILTER: /* of any number of addresses, for which the import has no record */
                return berth_refuse(fd, ENOPROTOOPT);
            default:
                break;
        }
    }
    if (value == NULL && level == IPPROTO_IPV6) {
        value = &zero; /* NULL is 0 at this level */
        size = size < sizeof zero ? size : sizeof zero;
    }
    /* At these two levels Linux looks at the length first, even of options that do not exist, unless the value is a text. */
    if (size < sizeof zero
        && ((level == SOL_SOCKET && option != SO_BINDTODEVICE) || (level == IPPROTO_TCP && !is_text(option))))
        return berth_refuse_option(fd, level, EINVAL);
    if (value == NULL && size > 0)
        return berth_refuse_option(fd, level, EFAULT);
    int error = berth_v1_set_option(fd, level, option, value, size);
    /* Which options those are is the host's affair; no harm if others are taken for them. */
    if (error == 0 && level != IPPROTO_TCP && !berth_is_plain_option(level, option))
        berth_control_wanted = true;
    return berth_result(error);
}

int
setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
    if (size > INT_MAX || (berth_is_plain_option(level, option) && !is_extended_value(level, option, value, size)))
        return berth_set_plain_option(fd, level, option, value, size);
    return set_other_option(fd, level, option, value, size);
}
