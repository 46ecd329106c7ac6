/* A library: it is initialised, and its functions are called. */
#include <stdio.h>
#include <stdlib.h>

static int begun;

__attribute__((constructor)) static void begin(void)
{
    begun = 40;
}

__attribute__((export_name("add"))) int add(int value)
{
    printf("adding %d\n", value);
    fflush(stdout);
    return begun + value;
}

__attribute__((export_name("leave"))) void leave(int code)
{
    exit(code);
}
