/* config_unknown.c - variables of the environment that were meant as settings. Called by main.c. */
#include <string.h>

#include "server/config.h"
#include "server/config_variable.h"

const char *cw_config_unknown_variable(char *const environment[])
{
    static const char *const others[] = {"CHINWAG_SERVER", "CHINWAG_PASSWORD"};
    struct cw_config config = {.listen_count = 0};
    struct cw_config_place place;
    for (; *environment != NULL; environment++) {
        char variable[CW_VARIABLE_MAX];
        size_t n = strcspn(*environment, "=");
        bool known = strncmp(*environment, "CHINWAG_", 8) != 0;
        for (size_t i = 0; !known && cw_config_place(&config, i, &place); i++) {
            cw_variable_of(place.key, variable);
            known = n == strlen(variable) && strncmp(*environment, variable, n) == 0;
        }
        for (size_t i = 0; i < sizeof others / sizeof others[0] && !known; i++)
            known = n == strlen(others[i]) && strncmp(*environment, others[i], n) == 0;
        if (!known)
            break;
    }
    return *environment;
}
