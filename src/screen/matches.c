/* matches.c - see matches.h. */
#include "screen/matches.h"

#include <stdio.h>
#include <string.h>

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool has_letters(const char *name, struct cw_slice letters)
{
    size_t found = 0;
    for (; *name != 0 && found < letters.n; name++)
        found += small(*name) == small((char)letters.p[found]);
    return found == letters.n;
}

static bool begins_with(const char *text, struct cw_slice part, bool any_case)
{
    for (size_t i = 0; i < part.n; i++) {
        char a = text[i], b = (char)part.p[i];
        if (a == 0 || (any_case ? small(a) != small(b) : a != b))
            return false;
    }
    return true;
}

static bool has_part(const char *line, struct cw_slice part, bool any_case)
{
    for (; *line != 0; line++)
        if (begins_with(line, part, any_case))
            return true;
    return part.n == 0;
}

/* How well it fits, the best first: a name begins so, has it in it, has its letters in this order.
 * Those of a line stand together. */
enum match_rank { RANK_BEGINS, RANK_HAS, RANK_LETTERS, RANK_NONE };

static enum match_rank rank_of(const struct cw_screen *screen, const char *possible,
                               struct cw_slice letters)
{
    if (screen->mode == CW_MODE_LOOK)
        return has_part(possible, letters, false) ? RANK_BEGINS : RANK_NONE;
    bool marked = possible[0] == '#' && (letters.n == 0 || letters.p[0] != '#');
    if (begins_with(possible + marked, letters, true))
        return RANK_BEGINS;
    if (has_part(possible, letters, true))
        return RANK_HAS;
    return has_letters(possible, letters) ? RANK_LETTERS : RANK_NONE;
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
    for (int rank = RANK_BEGINS; rank < RANK_NONE; rank++)
        for (size_t i = 0; (possible = possible_at(screen, i)) != NULL; i++)
            if ((int)rank_of(screen, possible, letters) == rank && (*count)++ == wanted)
                return possible;
    return NULL;
}

const struct cw_found *cw_match_found(const struct cw_screen *screen)
{
    const struct cw_found *found = &screen->chat->found;
    struct cw_slice typed = cw_buf_slice(&screen->query.text);
    bool same = found->words != NULL && cw_slice_eq(cw_slice_str(found->words), typed);
    return screen->mode == CW_MODE_SEARCH && same ? found : NULL;
}

size_t cw_match_count(const struct cw_screen *screen)
{
    size_t count = 0;
    if (screen->mode == CW_MODE_SEARCH)
        return cw_match_found(screen) == NULL ? 0 : screen->chat->found.count;
    match(screen, &count, SIZE_MAX);
    return count;
}

const char *cw_match_at(const struct cw_screen *screen, size_t i)
{
    size_t count;
    return match(screen, &count, i);
}

static void write_hit(const struct cw_screen *screen, const struct cw_hit *hit, struct cw_buf *out)
{
    char text[700];
    struct cw_local time = {.year = 0};
    const char *words = hit->text;
    size_t n = strlen(words);
    bool acts = cw_text_acts(&words, &n);
    screen->local(hit->time_ms, &time);
    snprintf(text, sizeof text, "%d-%02u-%02u %02u:%02u  %.256s  %s%.256s%s ", time.year % 10000,
             time.month % 100, time.day % 100, time.hour % 100, time.minute % 100, hit->place,
             acts ? "* " : "", hit->sender, acts ? "" : ":");
    cw_buf_append_str(out, text);
    cw_buf_append(out, words, n);
}

void cw_match_write(const struct cw_screen *screen, size_t i, struct cw_buf *out)
{
    const struct cw_found *found = cw_match_found(screen);
    const char *name = screen->mode == CW_MODE_SEARCH ? NULL : cw_match_at(screen, i);
    if (found != NULL && i < found->count)
        write_hit(screen, &found->hits[i], out);
    else if (name != NULL)
        cw_buf_append_str(out, name);
}

const char *cw_match_notice(const struct cw_screen *screen)
{
    const struct cw_found *found = cw_match_found(screen);
    if (screen->mode != CW_MODE_SEARCH)
        return cw_match_count(screen) == 0 ? "nothing has these letters" : NULL;
    if (found == NULL)
        return "Enter searches; from:NAME in:#GROUP has:file narrow it";
    if (found->failure != NULL)
        return found->failure;
    if (found->asking)
        return "searching ...";
    return found->count == 0 ? "nothing found" : NULL;
}
