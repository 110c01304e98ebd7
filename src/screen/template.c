/* template.c - see template.h. */
#include "screen/template.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- words ---------------------------------------------------------------------------------- */

const char *cw_skip_blanks(const char *text)
{
    while (*text == ' ' || *text == '\n')
        text++;
    return text;
}

size_t cw_word_length(const char *text)
{
    return strcspn(text, " \n");
}

uint64_t cw_take_number(const char **rest)
{
    uint64_t number = 0;
    bool framed = **rest == '[';
    const char *p = *rest + framed;
    for (; *p >= '0' && *p <= '9' && number < UINT64_MAX / 100; p++)
        number = number * 10 + (uint64_t)(*p - '0');
    if (number == 0 || (framed && *p++ != ']') || (*p != 0 && cw_word_length(p) != 0))
        return 0;
    *rest = cw_skip_blanks(p);
    return number;
}

/* --- commands ----------------------------------------------------------------------------------
 */

/* The arguments, a zero behind each. */
static void add_argument(struct cw_buf *words, const char *text, size_t n)
{
    cw_buf_append(words, text, n);
    cw_buf_append_byte(words, 0);
}

/* Words; what stands between '...' or "..." is one. */
static void add_words(struct cw_buf *words, const char *text)
{
    for (text = cw_skip_blanks(text); *text != 0; text = cw_skip_blanks(text)) {
        bool quoted = *text == '\'' || *text == '"';
        const char *end = quoted ? strchr(text + 1, *text) : NULL;
        size_t n = end != NULL ? (size_t)(end - text - 1) : cw_word_length(text);
        add_argument(words, end != NULL ? text + 1 : text, n);
        text = end != NULL ? end + 1 : text + n;
    }
}

static void add_place_argument(struct cw_buf *words, const struct cw_place *place)
{
    char name[300];
    int n =
        snprintf(name, sizeof name, "%s%.290s", cw_place_is_group(place) ? "" : "@", place->name);
    add_argument(words, name, (size_t)n);
}

static void add_number_and_rest(struct cw_buf *words, const char *rest)
{
    const char *behind = rest;
    char number[24];
    uint64_t seq = cw_take_number(&behind);
    if (seq != 0)
        add_argument(words, number, (size_t)snprintf(number, sizeof number, "%" PRIu64, seq));
    if (*behind != 0)
        add_argument(words, behind, strlen(behind));
}

/* One word of a template. */
static void add_templated(struct cw_buf *words, const char *word, size_t n,
                          const struct cw_place *place, const char *rest)
{
    char joined[4200];
    const char *mark = memchr(word, '%', n);
    if (mark == NULL) {
        add_argument(words, word, n);
    } else if (mark[1] == 'p') {
        add_place_argument(words, place);
    } else if (mark[1] == 'g') {
        add_argument(words, place->name + 1, strlen(place->name) - 1);
    } else if (mark[1] == 'w') {
        add_words(words, rest);
    } else if (mark[1] == 't') {
        if (*rest != '@' && *rest != '#')
            add_place_argument(words, place);
        add_words(words, rest);
    } else if (mark[1] == 'n') {
        add_number_and_rest(words, rest);
    } else if (mark[1] == 'l' && *rest == 0) {
        add_argument(words, place->name + 1, strlen(place->name) - 1);
    } else if (mark[1] == 'l' || mark[1] == 'c') {
        rest += *rest == '#';
        add_argument(words, rest, strlen(rest));
    } else if (*rest != 0) {
        int length = snprintf(joined, sizeof joined, "%.*s%.4100s", (int)(mark - word), word, rest);
        add_argument(words, joined, (size_t)length);
    }
}

static void ask_run(struct cw_screen *screen, const struct cw_buf *words, const char *open)
{
    cw_chat_ask(screen->chat, &(struct cw_ask){.kind = CW_ASK_RUN,
                                               .place = (char *)open,
                                               .text = (char *)words->p,
                                               .length = words->n});
}

/* A template with %p or %g needs a conversation, or a group. */
static const char *template_needs(const char *form, const char *rest, const struct cw_place *place)
{
    bool group = strstr(form, "%g") != NULL || (strstr(form, "%l") != NULL && *rest == 0);
    if (strstr(form, "%c") != NULL && rest[*rest == '#'] == 0)
        return "the name of a group goes behind it";
    if (group && (place == NULL || !cw_place_is_group(place)))
        return "this is for groups: go to one first";
    bool any =
        strstr(form, "%p") != NULL || (strstr(form, "%t") != NULL && *rest != '@' && *rest != '#');
    return any && place == NULL ? "go to a conversation first" : NULL;
}

const char *cw_template_opens(const char *form, const char *rest, char *name, size_t size)
{
    bool bare = strstr(form, "%c") != NULL; /* a name without '#' */
    if (*rest == 0 || (!bare && (strstr(form, "%o") == NULL || *rest != '#')))
        return NULL;
    snprintf(name, size, "#%.256s", rest + (*rest == '#'));
    return name;
}

const char *cw_template_run(struct cw_screen *screen, const char *form, const char *rest)
{
    struct cw_buf words = {.n = 0};
    const struct cw_place *place = cw_chat_current(screen->chat);
    const char *wrong = template_needs(form, rest, place);
    char open[300];
    if (wrong != NULL)
        return wrong;
    for (const char *p = form; *p != 0; p = cw_skip_blanks(p + cw_word_length(p)))
        add_templated(&words, p, cw_word_length(p), place, rest);
    ask_run(screen, &words, cw_template_opens(form, rest, open, sizeof open));
    cw_buf_finish(&words);
    return NULL;
}

void cw_template_run_words(struct cw_screen *screen, const char *line, const char *open)
{
    struct cw_buf words = {.n = 0};
    add_words(&words, line);
    ask_run(screen, &words, open);
    cw_buf_finish(&words);
}
