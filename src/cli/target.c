/* target.c - see target.h. */
#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

const char *target_conversation(const char *target)
{
    if (target[0] == '@' && target[1] != 0)
        return target + 1;
    if (target[0] == '#' && target[1] != 0)
        return target;
    output_about(stderr,
                 "chinwag: '%s' is neither @NAME nor #GROUP\n"
                 "  to a person: @%s, to a group: '#%s' (with the quotes)\n",
                 target);
    return NULL;
}

const char *target_group(const char *target)
{
    if (target[0] != '@')
        return target + (target[0] == '#');
    output_about(stderr, "chinwag: '%s' is a person, and this is about a group: NAME or '#NAME'\n",
                 target);
    return NULL;
}

const char *target_call(const char *target)
{
    return target[0] == '@' && target[1] != 0 ? target : target_group(target);
}

const char *target_person(const char *target)
{
    if (target[0] != '#')
        return target + (target[0] == '@');
    output_about(stderr, "chinwag: '%s' is a group, and this is about a person: NAME or @NAME\n",
                 target);
    return NULL;
}

bool target_seq(const char *text, uint64_t *seq)
{
    char *end;
    errno = 0;
    *seq = strtoull(text, &end, 10);
    if (errno == 0 && end != text && *end == 0 && text[0] != '-' && *seq > 0)
        return true;
    output_about(stderr, "chinwag: '%s' is no number of a message; chinwag history shows them\n",
                 text);
    return false;
}

bool target_number(const char *text, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    if (errno == 0 && end != text && *end == 0 && text[0] != '-')
        return true;
    output_about(stderr, "chinwag: '%s' is no number\n", text);
    return false;
}

/* As the server limits the mute of a member: a year. */
#define MINUTES_MAX 525600

bool target_minutes(const char *text, uint64_t least, uint64_t *minutes)
{
    char *end;
    errno = 0;
    *minutes = strtoull(text, &end, 10);
    if (errno == 0 && end != text && *end == 0 && text[0] != '-' && *minutes >= least &&
        *minutes <= MINUTES_MAX)
        return true;
    fprintf(stderr, "chinwag: '%s' is no number of minutes from %d to 525,600\n", text, (int)least);
    return false;
}

bool target_switch(const char *text, bool *on)
{
    *on = strcmp(text, "on") == 0;
    if (*on || strcmp(text, "off") == 0)
        return true;
    output_about(stderr, "chinwag: it is on or off, not '%s'\n", text);
    return false;
}
