/* store_op.c - the properties of each operation, from the table. */
#include "store/store_op.h"

#include <stdint.h>

enum { READS = 0, WRITES = 1, HELPS = 2, RIGHTS = 4, PAGE = 8, VOICES = 16, BYTES = 32 };

static const uint8_t what_it_does[CW_STORE_OP_COUNT] = {
#define CW_STORE_OP(NAME, name, what) [CW_STORE_##NAME] = (what),
#include "store/ops.def"
#undef CW_STORE_OP
};

bool cw_store_op_writes(enum cw_store_op op)
{
    return (what_it_does[op] & WRITES) != 0;
}

bool cw_store_op_helps(enum cw_store_op op)
{
    return (what_it_does[op] & HELPS) != 0;
}

bool cw_store_op_changes_rights(enum cw_store_op op)
{
    return (what_it_does[op] & RIGHTS) != 0;
}

bool cw_store_op_is_page(enum cw_store_op op)
{
    return (what_it_does[op] & PAGE) != 0;
}

bool cw_store_op_brings_voices(enum cw_store_op op)
{
    return (what_it_does[op] & VOICES) != 0;
}

bool cw_store_op_is_of_bytes(enum cw_store_op op)
{
    return (what_it_does[op] & BYTES) != 0;
}
