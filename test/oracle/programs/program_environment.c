/* env: GREETING=hello */
/* env: EMPTY= */
/* env: SIGNS=a=b=c */
/* The environment is what was given. */
#include "check.h"

static void
print_variable(const char *name)
{
    const char *value = getenv(name);
    printf("%s: %s\n", name, value ? value : "(none)");
}

int
main(void)
{
    check_start();
    print_variable("GREETING");
    print_variable("EMPTY");
    print_variable("SIGNS");
    print_variable("NOT_GIVEN");
    return 0;
}
