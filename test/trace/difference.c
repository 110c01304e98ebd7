/* difference.c - see difference.h. */
#include "difference.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

void trace_print_difference(const char *path, const char *wanted, const char *got)
{
    size_t start = 0;
    unsigned line = 1;
    for (size_t i = 0; wanted[i] != 0 && wanted[i] == got[i]; i++)
        if (wanted[i] == '\n') {
            line++;
            start = i + 1;
        }
    printf("%s:%u\n  wanted: %.*s\n  got:    %.*s\n", path, line,
           (int)strcspn(wanted + start, "\n"), wanted + start, (int)strcspn(got + start, "\n"),
           got + start);
}
