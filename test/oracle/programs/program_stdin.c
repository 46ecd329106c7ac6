/* stdin: the quick brown fox */
/* Standard input is read to its end, in pieces. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[8];
    long count;
    while ((count = show("read", read(0, room, sizeof room))) > 0)
        print_bytes("bytes", room, count);
    return 0;
}
