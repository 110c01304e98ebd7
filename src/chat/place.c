/* place.c - see place.h. */
#include "chat/place.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct cw_place *cw_place_create(const char *name)
{
    struct cw_place *place = cw_alloc_zero(sizeof *place);
    place->name = cw_chat_copy(name);
    return place;
}

void cw_place_destroy(struct cw_place *place)
{
    for (size_t i = 0; i < place->count; i++)
        cw_line_destroy(place->lines[i]);
    cw_place_forget_members(place);
    free(place->lines);
    free(place->name);
    free(place->topic);
    free(place->draft);
    free(place->typer);
    free(place);
}

bool cw_place_is_group(const struct cw_place *place)
{
    return place->name[0] == '#';
}

void cw_place_set(char **string, const char *text)
{
    char *copy = cw_chat_copy(text);
    free(*string);
    *string = copy;
}

/* --- the window ----------------------------------------------------------------------------- */

/* Where a line stands: a notice behind the message that was the newest, what is under way last. */
static uint64_t key_of(const struct cw_line *line)
{
    if (line->kind == CW_LINE_NOTICE)
        return line->floor * 2 + 1;
    return line->seq == 0 ? UINT64_MAX : line->seq * 2;
}

static void remove_at(struct cw_place *place, size_t at)
{
    place->count--;
    memmove(place->lines + at, place->lines + at + 1,
            (place->count - at) * sizeof(struct cw_line *));
}

size_t cw_place_put(struct cw_place *place, struct cw_line *line)
{
    size_t at = place->count;
    while (at > 0 && key_of(place->lines[at - 1]) > key_of(line))
        at--;
    if (line->seq != 0 && at > 0 && place->lines[at - 1]->seq == line->seq) {
        line->uid = place->lines[at - 1]->uid; /* who looks at it goes on */
        cw_line_destroy(place->lines[at - 1]);
        place->lines[at - 1] = line;
        return at - 1;
    }
    if (place->count == place->capacity) {
        place->capacity = place->capacity * 2 + 16;
        place->lines = cw_realloc(place->lines, place->capacity * sizeof(struct cw_line *));
    }
    memmove(place->lines + at + 1, place->lines + at,
            (place->count - at) * sizeof(struct cw_line *));
    place->lines[at] = line;
    place->count++;
    return at;
}

struct cw_line *cw_place_find(const struct cw_place *place, uint64_t seq)
{
    for (size_t i = place->count; seq != 0 && i > 0; i--)
        if (place->lines[i - 1]->seq == seq)
            return place->lines[i - 1];
    return NULL;
}

struct cw_line *cw_place_find_uid(const struct cw_place *place, uint64_t uid)
{
    for (size_t i = place->count; i > 0; i--)
        if (place->lines[i - 1]->uid == uid)
            return place->lines[i - 1];
    return NULL;
}

uint64_t cw_place_first(const struct cw_place *place)
{
    size_t i = 0;
    while (i < place->count && place->lines[i]->seq == 0)
        i++;
    return i < place->count ? place->lines[i]->seq : 0;
}

uint64_t cw_place_newest(const struct cw_place *place)
{
    size_t i = place->count;
    while (i > 0 && place->lines[i - 1]->seq == 0)
        i--;
    return i > 0 ? place->lines[i - 1]->seq : 0;
}

void cw_place_take(struct cw_place *place, struct cw_line *line)
{
    for (size_t i = place->count; i > 0; i--)
        if (place->lines[i - 1] == line)
            remove_at(place, i - 1);
}

void cw_place_trim_old(struct cw_place *place, size_t most)
{
    while (place->count > most && key_of(place->lines[0]) != UINT64_MAX) {
        place->complete &= place->lines[0]->seq == 0;
        cw_line_destroy(place->lines[0]);
        remove_at(place, 0);
    }
}

/* Own messages under way stay. */
void cw_place_trim_new(struct cw_place *place, size_t most)
{
    size_t at = place->count;
    while (at > 0 && key_of(place->lines[at - 1]) == UINT64_MAX)
        at--;
    for (; at > most; at--) {
        place->torn |= place->lines[at - 1]->seq != 0;
        cw_line_destroy(place->lines[at - 1]);
        remove_at(place, at - 1);
    }
}

void cw_place_forget_window(struct cw_place *place)
{
    uint64_t newest = cw_place_newest(place);
    for (size_t i = place->count; i > 0; i--) {
        struct cw_line *line = place->lines[i - 1];
        if (line->kind == CW_LINE_NOTICE ? line->floor > newest : line->seq == 0)
            continue;
        cw_line_destroy(line);
        remove_at(place, i - 1);
    }
}

size_t cw_place_bytes(const struct cw_place *place)
{
    size_t bytes = place->capacity * sizeof(struct cw_line *) +
                   place->member_count * (sizeof(struct cw_member) + CW_PLACE_NAME_COST);
    for (size_t i = 0; i < place->count; i++)
        bytes += sizeof(struct cw_line) + place->lines[i]->length + CW_PLACE_NAME_COST;
    return bytes;
}

/* --- members -------------------------------------------------------------------------------- */

void cw_place_forget_members(struct cw_place *place)
{
    for (size_t i = 0; i < place->member_count; i++)
        free(place->members[i].name);
    free(place->members);
    place->members = NULL;
    place->member_count = 0;
}

struct cw_member *cw_place_member(const struct cw_place *place, const char *name)
{
    for (size_t i = 0; name != NULL && i < place->member_count; i++)
        if (strcmp(place->members[i].name, name) == 0)
            return &place->members[i];
    return NULL;
}

struct cw_member *cw_place_add_member(struct cw_place *place, const char *name)
{
    struct cw_member *member = cw_place_member(place, name);
    if (member != NULL)
        return member;
    place->members =
        cw_realloc(place->members, (place->member_count + 1) * sizeof(struct cw_member));
    member = &place->members[place->member_count++];
    *member = (struct cw_member){.name = cw_chat_copy(name), .role = ' '};
    return member;
}

void cw_place_remove_member(struct cw_place *place, const char *name)
{
    struct cw_member *member = cw_place_member(place, name);
    if (member == NULL)
        return;
    free(member->name);
    place->member_count--;
    memmove(member, member + 1,
            (size_t)(place->members + place->member_count - member) * sizeof *member);
}

const char *cw_place_quoted(const struct cw_place *place, const struct cw_line *line)
{
    const struct cw_line *answered = cw_place_find(place, line->reply_to);
    if (line->quote != NULL && line->quote[0] != 0)
        return line->quote;
    if (answered == NULL || answered->deleted)
        return answered == NULL ? "(no text)" : "(deleted)";
    return answered->file_name != NULL       ? answered->file_name
           : answered->kind == CW_LINE_VOICE ? "(voice message)"
                                             : "(no text)";
}

size_t cw_place_count(const struct cw_place *place, enum cw_line_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < place->count; i++)
        count += place->lines[i]->state == state;
    return count;
}

size_t cw_place_count_unkept(const struct cw_place *place)
{
    size_t count = 0;
    for (size_t i = 0; i < place->count; i++)
        count += place->lines[i]->state == CW_LINE_PALE && !place->lines[i]->kept;
    return count;
}
