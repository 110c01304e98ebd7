/* heading.h - a heading over groups, in memory. */
#ifndef CW_STORE_MEMORY_HEADING_H
#define CW_STORE_MEMORY_HEADING_H

#include "base/slice.h"

struct cw_memory_heading {
    struct cw_slice name;
    uint64_t place, groups;
};

#endif
