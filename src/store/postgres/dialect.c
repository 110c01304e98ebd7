/* dialect.c - see dialect.h. One statement is written once, in statements.def; here its text is
 * changed by rules, and where they are not enough dialect.def has another one. */
#include "store/postgres/dialect.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* dialect.def once for each kind of row, of which the others are nothing. */
#define CW_INSTEAD(NAME, text) [CW_SQL_##NAME] = text,
#define CW_ORDERED(NAME, columns)
#define CW_PAGED(NAME, parameter)
#define CW_WITH_ID(NAME)
#define CW_LATER(NAME)
#define CW_MANY(NAME, text) [CW_SQL_##NAME] = text,
static const char *const instead[CW_SQL_COUNT] = {
#include "store/postgres/dialect.def"
};
#undef CW_INSTEAD
#undef CW_ORDERED
#undef CW_MANY
#define CW_INSTEAD(NAME, text)
#define CW_MANY(NAME, text)
#define CW_ORDERED(NAME, columns) [CW_SQL_##NAME] = columns,
static const char *const ordered[CW_SQL_COUNT] = {
#include "store/postgres/dialect.def"
};
#undef CW_ORDERED
#undef CW_PAGED
#define CW_ORDERED(NAME, columns)
#define CW_PAGED(NAME, parameter) [CW_SQL_##NAME] = (parameter),
static const int paged[CW_SQL_COUNT] = {
#include "store/postgres/dialect.def"
};
#undef CW_PAGED
#undef CW_WITH_ID
#define CW_PAGED(NAME, parameter)
#define CW_WITH_ID(NAME) [CW_SQL_##NAME] = true,
static const bool with_id[CW_SQL_COUNT] = {
#include "store/postgres/dialect.def"
};
#undef CW_WITH_ID
#undef CW_LATER
#define CW_WITH_ID(NAME)
#define CW_LATER(NAME) [CW_SQL_##NAME] = true,
static const bool later[CW_SQL_COUNT] = {
#include "store/postgres/dialect.def"
};
#undef CW_LATER
#undef CW_MANY
#define CW_LATER(NAME)
#define CW_MANY(NAME, text) [CW_SQL_##NAME] = true,
static const bool many[CW_SQL_COUNT] = {
#include "store/postgres/dialect.def"
};

static const char *const original[CW_SQL_COUNT] = {
#define CW_SQL(NAME, text) [CW_SQL_##NAME] = text,
#include "store/sqlite/statements.def"
#undef CW_SQL
};

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Takes one word of SQLite's at *text into *out, in PostgreSQL's; false: there is none. */
static bool put_word(const char **text, struct cw_buf *out)
{
    static const struct {
        const char *from, *to;
    } words[] = {{"INSERT OR IGNORE INTO", "INSERT INTO"}, {"CROSS JOIN", "JOIN"}, {"?", "$"}};
    static const char index[] = " INDEXED BY ";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (begins(*text, words[i].from)) {
            *text += strlen(words[i].from);
            cw_buf_append_str(out, words[i].to);
            return true;
        }
    if (!begins(*text, index))
        return false;
    *text += strlen(index);
    *text += strcspn(*text, " ");
    return true;
}

static int count_parameters(const char *text)
{
    int most = 0;
    for (; *text != '\0'; text++)
        if (*text == '$' && isdigit((unsigned char)text[1]) && atoi(text + 1) > most)
            most = atoi(text + 1);
    return most;
}

static char *translate(enum cw_sql which)
{
    const char *text = instead[which] != NULL ? instead[which] : original[which];
    bool ignores = begins(text, "INSERT OR IGNORE");
    bool has_order = strstr(text, " ORDER BY ") != NULL;
    struct cw_buf out = {0};
    while (*text != '\0')
        if (!put_word(&text, &out))
            cw_buf_append_byte(&out, (uint8_t)*text++);
    if (ignores)
        cw_buf_append_str(&out, " ON CONFLICT DO NOTHING");
    if (ordered[which] != NULL) {
        cw_buf_append_str(&out, has_order ? ", " : " ORDER BY ");
        cw_buf_append_str(&out, ordered[which]);
    }
    if (paged[which] != 0) {
        char limit[32];
        snprintf(limit, sizeof limit, " LIMIT %d", CW_POSTGRES_PAGE);
        cw_buf_append_str(&out, limit);
    }
    if (with_id[which])
        cw_buf_append_str(&out, " RETURNING id");
    cw_buf_append_byte(&out, 0);
    return (char *)out.p;
}

void cw_postgres_phrases(struct cw_postgres_phrase phrases[CW_SQL_COUNT])
{
    for (int i = 0; i < CW_SQL_COUNT; i++) {
        struct cw_postgres_phrase *phrase = &phrases[i];
        *phrase = (struct cw_postgres_phrase){
            .paged_by = paged[i], .with_id = with_id[i], .later = later[i], .many = many[i]};
        if (instead[i] != NULL && instead[i][0] == '\0')
            continue;
        phrase->text = translate((enum cw_sql)i);
        phrase->parameters = count_parameters(phrase->text);
        phrase->is_writing = !begins(phrase->text, "SELECT");
    }
}

void cw_postgres_phrases_finish(struct cw_postgres_phrase phrases[CW_SQL_COUNT])
{
    for (int i = 0; i < CW_SQL_COUNT; i++)
        free(phrases[i].text);
}
