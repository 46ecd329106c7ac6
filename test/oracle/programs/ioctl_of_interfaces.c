/* iwasm: --addr-pool=0.0.0.0/0,::/0 */
/* ioctl: SIOCGIFCONF, and SIOCGIFADDR and its kin for each interface that it lists. */
#include "names.h"

#include <net/if.h>
#include <sys/ioctl.h>

static const char *
text_of(const struct sockaddr *addr)
{
    Address copy; /* all of these are of IPv4, and structures with no room for more */
    memcpy(copy.bytes, addr, sizeof copy.v4);
    return address_text(&copy.any);
}

static void
ask(int fd, const char *what, const char *name, unsigned request, struct ifreq *answer)
{
    memset(answer, 0, sizeof *answer);
    snprintf(answer->ifr_name, sizeof answer->ifr_name, "%s", name);
    printf("  ");
    show(what, ioctl(fd, (int)request, answer));
}

int
main(void)
{
    check_start();
    int fd = new_socket(AF_INET, SOCK_DGRAM), of_ip6 = new_socket(AF_INET6, SOCK_STREAM);
    struct ifreq entries[32], answer;
    struct ifconf list = { .ifc_len = sizeof entries };
    list.ifc_req = entries;
    show("SIOCGIFCONF", ioctl(fd, SIOCGIFCONF, &list));
    size_t count = (size_t)list.ifc_len / sizeof entries[0];
    for (size_t i = 0; i < count; i++) {
        const char *name = entries[i].ifr_name;
        printf("%s %s\n", name, text_of(&entries[i].ifr_addr));
        ask(fd, "address", name, SIOCGIFADDR, &answer);
        printf("  %s\n", text_of(&answer.ifr_addr));
        ask(fd, "netmask", name, SIOCGIFNETMASK, &answer);
        printf("  %s\n", text_of(&answer.ifr_netmask));
        ask(fd, "broadcast", name, SIOCGIFBRDADDR, &answer);
        printf("  %s\n", text_of(&answer.ifr_broadaddr));
        ask(fd, "flags", name, SIOCGIFFLAGS, &answer);
        printf("  %x\n", (unsigned)answer.ifr_flags & (IFF_UP | IFF_LOOPBACK | IFF_BROADCAST | IFF_RUNNING | IFF_MULTICAST));
        ask(fd, "MTU", name, SIOCGIFMTU, &answer);
        printf("  %d\n", answer.ifr_mtu);
        ask(fd, "index", name, SIOCGIFINDEX, &answer);
        print_yes("  the same as by name", (unsigned)answer.ifr_ifindex == if_nametoindex(name));
        answer.ifr_name[0] = '\0';
        show("  name", ioctl(fd, SIOCGIFNAME, &answer));
        printf("  %s\n", answer.ifr_name);
        ask(of_ip6, "index by a socket of IPv6", name, SIOCGIFINDEX, &answer);
    }
    list.ifc_len = sizeof entries[0] + 1;
    show("room for one", ioctl(fd, SIOCGIFCONF, &list));
    printf("  %d\n", (int)((size_t)list.ifc_len / sizeof entries[0]));
    list.ifc_len = sizeof entries[0] - 1;
    show("room for none", ioctl(fd, SIOCGIFCONF, &list));
    printf("  %d\n", list.ifc_len);
    list.ifc_len = 0;
    list.ifc_buf = NULL;
    show("how much room", ioctl(fd, SIOCGIFCONF, &list));
    print_yes("for all", (size_t)list.ifc_len == count * sizeof entries[0]);
    show("of a file", ioctl(0, SIOCGIFCONF, &list));
    show("of nothing", ioctl(333, SIOCGIFCONF, &list));

    ask(fd, "unknown address", "no-such-one", SIOCGIFADDR, &answer);
    ask(fd, "unknown flags", "no-such-one", SIOCGIFFLAGS, &answer);
    ask(fd, "unknown index", "no-such-one", SIOCGIFINDEX, &answer);
    ask(fd, "empty name", "", SIOCGIFADDR, &answer);
    answer.ifr_ifindex = 99999;
    show("unknown name", ioctl(fd, SIOCGIFNAME, &answer));
    show("of a file", ioctl(0, SIOCGIFADDR, &answer));
    return 0;
}
