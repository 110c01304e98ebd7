/* query.c - what a search asks of the index, as a tsquery: words in places where this user may
 * read. Tokens of a place begin with a dot, which no word has. */
#include "store/sqlite/query.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/attributes.h"
#include "base/buf.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "text/words.h"

CW_PRINTF_LIKE(2, 3)
static void put(struct cw_buf *query, const char *format, ...)
{
    char text[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cw_buf_append_str(query, text);
}

/* Tokens that follow one another; none of them holds a quote or a backslash. */
static void put_term(struct cw_buf *query, const struct cw_words_term *term)
{
    put(query, "(");
    for (size_t i = 0; i < term->tokens.n;) {
        size_t n = 0;
        while (i + n < term->tokens.n && term->tokens.p[i + n] != ' ')
            n++;
        put(query, i == 0 ? "'" : " <-> '");
        cw_buf_append(query, term->tokens.p + i, n);
        put(query, "'");
        i += n + 1;
    }
    put(query, term->begins ? ":*) & " : ") & ");
}

static void put_places(struct cw_sqlite *s, const struct cw_store_request *request,
                       struct cw_buf *query)
{
    uint64_t conversation = request->conversation, user_id = request->user_id;
    unsigned long long user = user_id;
    if (conversation == 0) {
        cw_sql_statement *st = cw_sql_of(s, CW_SQL_MEMBERSHIPS);
        put(query, "('.u%llu'", user);
        cw_sql_int(st, 1, user_id);
        for (int i = 0; i < CW_GROUPS_PER_USER && cw_sql_row(s, st); i++)
            put(query, " | '.g%llu'", (unsigned long long)cw_sql_column_int(st, 0));
        put(query, ")");
        cw_sql_end(st);
    } else if (cw_mailbox_is_group(conversation)) {
        put(query, "'.g%llu'", (unsigned long long)conversation >> 1);
    } else if (cw_conversation_peer(conversation, user_id) == user_id) {
        put(query, "'.s%llu'", user);
    } else {
        put(query, "'.u%llu' & '.u%llu'", user,
            (unsigned long long)cw_conversation_peer(conversation, user_id));
    }
}

static void put_filters(const struct cw_store_request *request, struct cw_buf *query)
{
    static const char has[] = {'f', 'v', 'l'};
    for (unsigned i = 0; i < sizeof has; i++)
        if ((request->has >> i & 1) != 0)
            put(query, " & '.h%c'", has[i]);
    if (request->other_id != 0)
        put(query, " & '.f%llu'", (unsigned long long)request->other_id);
}

struct cw_slice cw_sqlite_query(struct cw_sqlite *s, const struct cw_store_request *request,
                                struct cw_arena *arena)
{
    struct cw_buf query = {0};
    struct cw_slice terms = cw_buf_slice(&s->words);
    struct cw_words_term term;
    while (cw_words_next(&terms, &term))
        put_term(&query, &term);
    put_places(s, request, &query);
    put_filters(request, &query);
    struct cw_slice copy = cw_arena_copy(arena, cw_buf_slice(&query));
    cw_buf_finish(&query);
    return copy;
}
