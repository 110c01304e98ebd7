/* given.h - structs that a program fills in, of another version of a library perhaps. Callers: the
 * public functions of src/client and src/voice. */
#ifndef CW_BASE_GIVEN_H
#define CW_BASE_GIVEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Copies a struct of the program's, whose sizeof there is `size` (0: as here), into `known` of n
 * bytes; what it does not have is 0. False: it has something set that is not known here. */
static inline bool cw_take_given(void *known, size_t n, const void *given, size_t size)
{
    const uint8_t *bytes = given;
    bool understood = true;
    if (size == 0)
        size = n;
    memset(known, 0, n);
    memcpy(known, given, size < n ? size : n);
    for (size_t i = n; i < size; i++)
        understood &= bytes[i] == 0;
    return understood;
}

#endif
