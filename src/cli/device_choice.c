/* device_choice.c - which of the devices that there are is meant by --device. See
 * device_backend.h. Called by device_pulse.c and device_sdl.c. */
#define _GNU_SOURCE /* strcasestr */
#include <stdio.h>
#include <string.h>

#include "device_backend.h"

static bool is_monitor(const struct device_name *name)
{
    const char *dot = strrchr(name->name, '.');
    return dot != NULL && strcmp(dot, ".monitor") == 0;
}

static bool has(const struct device_name *name, const char *part)
{
    return strcasestr(name->name, part) != NULL ||
           (name->description != NULL && strcasestr(name->description, part) != NULL);
}

/* 2: it is named in full; 1: in part; 0: not. */
static int meant(const struct device_name *name, const char *wish)
{
    char word[DEVICE_NAME_MAX];
    int best = 0;
    for (size_t n; *wish != 0 && best < 2; wish += n + (wish[n] == ',')) {
        n = strcspn(wish, ",");
        if (n == 0 || n >= sizeof word)
            continue;
        snprintf(word, sizeof word, "%.*s", (int)n, wish);
        if (strcmp(word, name->name) == 0)
            best = 2;
        else if (best == 0 && has(name, word) && !is_monitor(name))
            best = 1;
    }
    return best;
}

void device_choice_take(const struct device_name *name, void *context)
{
    struct device_choice *choice = context;
    char *chosen = name->microphone ? choice->microphone : choice->loudspeaker;
    int now = choice->wish == NULL ? 0 : meant(name, choice->wish);
    if (now == 0 || (now == 1 && chosen[0] != 0))
        return;
    choice->found = true;
    snprintf(chosen, DEVICE_NAME_MAX, "%s", name->name);
}
