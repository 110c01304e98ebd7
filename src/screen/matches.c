/* matches.c - see matches.h. */
#include "screen/matches.h"

#include <string.h>

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Are the letters in the name, in this order? Those of a line stand together. */
static bool has_letters(const char *name, struct cw_slice letters)
{
    size_t found = 0;
    for (; *name != 0 && found < letters.n; name++)
        found += small(*name) == small((char)letters.p[found]);
    return found == letters.n;
}

static bool has_part(const char *line, struct cw_slice part)
{
    size_t n = strlen(line);
    for (size_t at = 0; at + part.n <= n; at++)
        if (part.n == 0 || memcmp(line + at, part.p, part.n) == 0)
            return true;
    return false;
}

/* The i-th of all that could match, the likeliest first; NULL: there are no more. */
static const char *possible_at(const struct cw_screen *screen, size_t i)
{
    if (screen->mode == CW_MODE_LOOK)
        return i < screen->edit.history_count
                   ? screen->edit.history[screen->edit.history_count - 1 - i]
                   : NULL;
    return i < screen->chat->place_count ? screen->chat->places[i]->name : NULL;
}

static const char *match(const struct cw_screen *screen, size_t *count, size_t wanted)
{
    struct cw_slice letters = cw_buf_slice(&screen->query.text);
    const char *possible;
    *count = 0;
    for (size_t i = 0; (possible = possible_at(screen, i)) != NULL; i++) {
        bool fits = screen->mode == CW_MODE_LOOK ? has_part(possible, letters)
                                                 : has_letters(possible, letters);
        if (fits && (*count)++ == wanted)
            return possible;
    }
    return NULL;
}

size_t cw_match_count(const struct cw_screen *screen)
{
    size_t count;
    match(screen, &count, SIZE_MAX);
    return count;
}

const char *cw_match_at(const struct cw_screen *screen, size_t i)
{
    size_t count;
    return match(screen, &count, i);
}
