/* args: one two --three= -4 */
/* Arguments reach the program as they were given. */
#include "check.h"

int
main(int argc, char **argv)
{
    check_start();
    printf("%d\n", argc);
    for (int i = 1; i < argc; i++)
        print_bytes("argument", argv[i], (long)strlen(argv[i]));
    return 0;
}
