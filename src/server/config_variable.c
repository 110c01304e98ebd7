/* config_variable.c - see config_variable.h. */
#include "server/config_variable.h"

#include <stddef.h>
#include <stdio.h>

void cw_variable_of(const char *key, char variable[CW_VARIABLE_MAX])
{
    size_t n = (size_t)snprintf(variable, CW_VARIABLE_MAX, "CHINWAG_%s", key);
    for (size_t i = 0; i < n; i++)
        if (variable[i] >= 'a' && variable[i] <= 'z')
            variable[i] = (char)(variable[i] - 'a' + 'A');
}
