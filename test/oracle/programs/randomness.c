/* Random bytes are not all alike, not twice the same, and there in any amount. */
#include "check.h"

static unsigned char one[70000], two[70000];

int
main(void)
{
    check_start();
    for (size_t at = 0; at < sizeof one; at += 250) { /* getentropy gives at most 256 at a time */
        must("getentropy", getentropy(one + at, 250));
        must("getentropy", getentropy(two + at, 250));
    }
    size_t counts[256] = { 0 }, equal = 0;
    for (size_t i = 0; i < sizeof one; i++) {
        counts[one[i]]++;
        equal += one[i] == two[i];
    }
    bool even = true;
    for (int i = 0; i < 256; i++)
        even = even && counts[i] > 100 && counts[i] < 500;
    print_yes("every byte about equally often", even);
    print_yes("two draws differ", equal < 1000);
    show("getentropy of nothing", getentropy(one, 0));
    return 0;
}
