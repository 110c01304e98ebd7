/* query.c - what a search asks of the index, in the language of FTS5. */
#include "store/sqlite/query.h"

#include <stdio.h>

#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "text/words.h"

#define TOKEN_MAX 28

struct query {
    char *text;
    size_t n;
};

static void put(struct query *query, const char *text, size_t n)
{
    memcpy(query->text + query->n, text, n);
    query->n += n;
}

/* Quoted, none of them can be an operator; none holds a quote. */
static void put_words(struct query *query, struct cw_slice terms)
{
    struct cw_words_term term;
    if (terms.n == 0)
        return;
    put(query, "body : (", 8);
    while (cw_words_next(&terms, &term)) {
        put(query, "\"", 1);
        put(query, (const char *)term.tokens.p, term.tokens.n);
        put(query, term.begins ? "\"* " : "\" ", term.begins ? 3 : 2);
    }
    put(query, ") AND ", 6);
}

static void put_token(struct query *query, const char *before, char kind, uint64_t id)
{
    query->n += (size_t)snprintf(query->text + query->n, TOKEN_MAX, "%s%c%llu", before, kind,
                                 (unsigned long long)id);
}

static void put_places(struct cw_sqlite *s, const struct cw_store_request *request,
                       struct query *query)
{
    uint64_t conversation = request->conversation, user_id = request->user_id;
    put(query, "place : (", 9);
    if (conversation == 0) {
        cw_sql_statement *st = cw_sql_of(s, CW_SQL_MEMBERSHIPS);
        put_token(query, "", 'u', user_id);
        cw_sql_int(st, 1, user_id);
        for (int i = 0; i < CW_GROUPS_PER_USER && cw_sql_row(s, st); i++)
            put_token(query, " OR ", 'g', cw_sql_column_int(st, 0));
        cw_sql_end(st);
    } else if (cw_mailbox_is_group(conversation)) {
        put_token(query, "", 'g', conversation >> 1);
    } else if (cw_conversation_peer(conversation, user_id) == user_id) {
        put_token(query, "", 's', user_id);
    } else {
        put_token(query, "", 'u', user_id);
        put_token(query, " ", 'u', cw_conversation_peer(conversation, user_id));
    }
    put(query, ")", 1);
}

static void put_filters(const struct cw_store_request *request, struct query *query)
{
    static const char has[][14] = {" AND place:hf", " AND place:hv", " AND place:hl"};
    for (unsigned i = 0; i < sizeof has / sizeof has[0]; i++)
        if ((request->has >> i & 1) != 0)
            put(query, has[i], sizeof has[i] - 1);
    if (request->other_id != 0) {
        put(query, " AND place:", 11);
        put_token(query, "", 'f', request->other_id);
    }
}

struct cw_slice cw_sqlite_query(struct cw_sqlite *s, const struct cw_store_request *request,
                                struct cw_arena *arena)
{
    struct query query = {
        cw_arena_alloc(arena, 3 * s->words.n + 64 + (CW_GROUPS_PER_USER + 6) * TOKEN_MAX), 0};
    put_words(&query, cw_buf_slice(&s->words));
    put_places(s, request, &query);
    put_filters(request, &query);
    return cw_slice_of(query.text, query.n);
}
