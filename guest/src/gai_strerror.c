/* gai_strerror */
#include "internal.h"

const char *
gai_strerror(int code)
{
    switch (code) {
        case 0:
            return "No error";
        case EAI_BADFLAGS:
            return "Unknown or contradictory flags in ai_flags";
        case EAI_NONAME:
            return "Name or service not known";
        case EAI_AGAIN:
            return "Name resolution failed for now, try again";
        case EAI_FAIL:
            return "Name resolution failed for good";
        case EAI_NODATA:
            return "Host has no address";
        case EAI_FAMILY:
            return "Address family in ai_family not supported";
        case EAI_SOCKTYPE:
            return "Socket type in ai_socktype not supported or not of this protocol";
        case EAI_SERVICE:
            return "Service not known for this socket type";
        case EAI_ADDRFAMILY:
            return "Host has no address of this family";
        case EAI_MEMORY:
            return "Out of memory";
        case EAI_SYSTEM:
            return "System error, see errno";
        case EAI_OVERFLOW:
            return "Result does not fit in the buffer";
        default:
            return "Unknown error";
    }
}
