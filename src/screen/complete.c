/* complete.c - see complete.h. */
#include "screen/complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "screen/draft.h"
#include "screen/slash.h"

static const struct {
    const char *name, *bytes;
} emoji[] = {
#define EMOJI(name, bytes) {name, bytes},
#include "screen/emoji_names.def"
#undef EMOJI
};

#define EMOJI_COUNT (sizeof emoji / sizeof emoji[0])

#define CANDIDATE_SIZE 1100

/* --- what fits ------------------------------------------------------------------------------ */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool begins(const char *name, const char *letters)
{
    size_t i = 0;
    while (letters[i] != 0 && lower(name[i]) == lower(letters[i]))
        i++;
    return letters[i] == 0;
}

/* The i-th person that the conversation or the list knows; NULL: there are no more. */
static const char *person_at(const struct cw_screen *screen, size_t i)
{
    const struct cw_place *place = cw_chat_current(screen->chat);
    size_t members = place == NULL ? 0 : place->member_count;
    if (i < members)
        return place->members[i].name;
    i -= members;
    for (size_t k = 0; k < screen->chat->place_count; k++) {
        const char *name = screen->chat->places[k]->name;
        bool again = place != NULL && cw_place_member(place, name) != NULL;
        if (name[0] != '#' && !again && i-- == 0)
            return name;
    }
    return NULL;
}

/* In a command a name stands alone; in a text it mentions. */
static bool name_fits(const struct cw_screen *screen, const char *word, size_t i, char *out)
{
    bool command = screen->edit.text.p[0] == '/', at = word[0] == '@';
    const char *name = person_at(screen, i);
    if (name == NULL || !begins(name, word + at))
        return false;
    bool first = screen->complete_at == 0 && !command;
    snprintf(out, CANDIDATE_SIZE, "%s%.256s%s ", command && !at ? "" : "@", name, first ? ":" : "");
    return true;
}

static bool group_fits(const struct cw_screen *screen, const char *word, size_t i, char *out)
{
    const struct cw_place *place = screen->chat->places[i];
    if (!cw_place_is_group(place) || !begins(place->name, word))
        return false;
    snprintf(out, CANDIDATE_SIZE, "%.280s ", place->name);
    return true;
}

/* First the one that is called so, then those that begin so. */
static bool emoji_fits(const char *word, size_t i, char *out)
{
    const char *name = emoji[i % EMOJI_COUNT].name;
    bool itself = strcmp(name, word + 1) == 0;
    if (itself != (i < EMOJI_COUNT) || !begins(name, word + 1))
        return false;
    snprintf(out, CANDIDATE_SIZE, "%s ", emoji[i % EMOJI_COUNT].bytes);
    return true;
}

/* A command of the command line that is another one here. */
static bool is_again(const struct cw_screen *screen, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(cw_slash_name(screen, k), cw_slash_name(screen, i)) == 0)
            return true;
    return false;
}

static bool command_fits(const struct cw_screen *screen, const char *word, size_t i, char *out)
{
    const char *name = cw_slash_name(screen, i);
    if (!begins(name, word + 1) || is_again(screen, i))
        return false;
    snprintf(out, CANDIDATE_SIZE, "/%.200s ", name);
    return true;
}

/* The i-th file; each of them fits. A folder goes on, and a blank may be part of a name. */
static bool file_fits(const struct cw_screen *screen, size_t i, char *out)
{
    const char *path = screen->files;
    while (i-- > 0)
        path += strlen(path) + 1;
    bool quoted = !screen->whole_file && strchr(path, ' ') != NULL && strchr(path, '\'') == NULL;
    snprintf(out, CANDIDATE_SIZE, quoted ? "'%.1000s'" : "%.1000s", path);
    return strlen(path) <= 1000;
}

static size_t count_files(const char *files)
{
    size_t count = 0;
    for (; *files != 0; files += strlen(files) + 1)
        count++;
    return count;
}

static size_t possible_count(const struct cw_screen *screen, const char *word)
{
    size_t count = 0;
    if (screen->files != NULL)
        return count_files(screen->files);
    if (word[0] == '#')
        return screen->chat->place_count;
    if (word[0] == ':')
        return 2 * EMOJI_COUNT;
    if (word[0] == '/' && screen->complete_at == 0)
        while (cw_slash_name(screen, count) != NULL)
            count++;
    else
        while (person_at(screen, count) != NULL)
            count++;
    return count;
}

static bool fits(const struct cw_screen *screen, const char *word, size_t i, char *out)
{
    if (screen->files != NULL)
        return file_fits(screen, i, out);
    if (word[0] == '#')
        return group_fits(screen, word, i, out);
    if (word[0] == ':')
        return emoji_fits(word, i, out);
    if (word[0] == '/' && screen->complete_at == 0)
        return command_fits(screen, word, i, out);
    return name_fits(screen, word, i, out);
}

/* --- putting it there ----------------------------------------------------------------------- */

static void replace(struct cw_screen *screen, const char *text)
{
    struct cw_edit *edit = &screen->edit;
    memmove(edit->text.p + screen->complete_at, edit->text.p + screen->complete_end,
            edit->text.n - screen->complete_end);
    edit->text.n -= screen->complete_end - screen->complete_at;
    edit->at = screen->complete_at;
    cw_edit_insert(edit, cw_slice_str(text));
    screen->complete_end = edit->at;
}

/* Where the word before the cursor begins. *file: it is a path. *whole: it is one of a command that
 * takes a file and nothing else, so blanks belong to it. */
static size_t word_begin(const struct cw_screen *screen, bool *file, bool *whole)
{
    const struct cw_edit *edit = &screen->edit;
    size_t from = edit->at, name = 0;
    while (from > 0 && edit->text.p[from - 1] != ' ' && edit->text.p[from - 1] != '\n')
        from--;
    while (name < edit->at && edit->text.p[name] != ' ')
        name++;
    *file = *whole = false;
    if (from == 0 || edit->text.p[0] != '/')
        return from;
    const char *arguments = cw_slash_arguments(cw_slice_of(edit->text.p + 1, name - 1));
    *file = arguments != NULL && strstr(arguments, "FILE") != NULL;
    *whole = *file && strcmp(arguments, "FILE") == 0;
    return *whole ? name + 1 : from;
}

/* Remembers the word before the cursor; false: there is none. */
static bool begin_completion(struct cw_screen *screen)
{
    struct cw_edit *edit = &screen->edit;
    bool file;
    size_t from = word_begin(screen, &file, &screen->whole_file);
    if ((from == edit->at && !file) || edit->at - from >= CANDIDATE_SIZE - 2)
        return false;
    screen->completing = cw_alloc(edit->at - from + 1);
    memcpy(screen->completing, edit->text.p + from, edit->at - from);
    screen->completing[edit->at - from] = 0;
    screen->files_wanted = file;
    screen->complete_at = from;
    screen->complete_end = edit->at;
    screen->complete_next = 0;
    return true;
}

void cw_complete(struct cw_screen *screen)
{
    char candidate[CANDIDATE_SIZE];
    if (screen->completing == NULL && !begin_completion(screen))
        return;
    if (screen->files_wanted)
        return;
    const char *word = screen->completing;
    size_t count = possible_count(screen, word);
    while (screen->complete_next < count) {
        if (fits(screen, word, screen->complete_next++, candidate)) {
            replace(screen, candidate);
            if (screen->files != NULL && count == 1) /* the next Tab goes on in the folder */
                cw_complete_forget(screen);
            return;
        }
    }
    replace(screen, word);
    cw_complete_forget(screen);
}

bool cw_complete_files(struct cw_screen *screen, const char *begin, char *files)
{
    if (!screen->files_wanted || strcmp(screen->completing, begin) != 0)
        return false;
    screen->files_wanted = false;
    screen->files = files;
    cw_complete(screen);
    return true;
}
