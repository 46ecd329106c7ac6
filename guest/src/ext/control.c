/* Whether the program has asked for control data; see extended.h. */
#include "extended.h"

bool berth_control_wanted;
