/* Greets whoever its first argument names. */
#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
    const char *greeting = getenv("GREETING");
    printf("%s, %s\n", greeting != NULL ? greeting : "hello", argc > 1 ? argv[1] : "whoever you are");
    return 0;
}
