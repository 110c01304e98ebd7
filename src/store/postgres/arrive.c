/* arrive.c - the way of a community (../move.h) from an empty database to one that a server starts
 * on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/postgres/arrive_copy.h"
#include "store/postgres/arrive_verify.h"
#include "store/postgres/folder.h"
#include "store/postgres/link.h"
#include "store/postgres/open.h"
#include "store/postgres/schema.h"

/* The module's side of cw_store_move_to_postgres. */
bool cw_postgres_move(const char *url, const char *folder, const struct cw_move_source *source,
                      char error[256]);

/* Tables that SQLite has not: they count, or are for servers; `search` is made of the messages. */
#define TABLES                                                                                     \
    "SELECT c.relname, string_agg('\"' || a.attname || '\"', ',' ORDER BY a.attnum),"              \
    " string_agg(CASE a.atttypid WHEN 20 THEN 'n' ELSE 'b' END, '' ORDER BY a.attnum),"            \
    " (SELECT string_agg('\"' || k.attname || '\"', ',' ORDER BY u.n) " PRIMARY_KEY "),"           \
    " (SELECT string_agg(u.attnum::text, ' ' ORDER BY u.n) " PRIMARY_KEY ")"                       \
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT"          \
    " a.attisdropped WHERE c.relnamespace = 'chinwag'::regnamespace AND c.relkind = 'r' AND"       \
    " c.relname <> ALL "                                                                           \
    "('{version,counters,nodes,node_leases,call_leases,log,news,search,arrival}')"                 \
    " GROUP BY c.oid, c.relname ORDER BY c.relname COLLATE \"C\""
#define PRIMARY_KEY                                                                                \
    "FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY u(attnum, n), pg_attribute k"       \
    " WHERE i.indrelid = c.oid AND i.indisprimary AND k.attrelid = c.oid AND k.attnum = u.attnum"

/* --- the beginning ---------------------------------------------------------------------------- */

/* What a new database has rows in. */
static bool is_filled_at_once(const char *table)
{
    static const char *const names[] = {"progress", "names",    "retry_key", "link_key",
                                        "push_key", "identity", "eras"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(table, names[i]) == 0)
            return true;
    return false;
}

static bool judge_empty(struct cw_postgres_arrival *arrival)
{
    struct cw_buf sql = {0};
    cw_postgres_arrival_put(&sql, "SELECT false");
    for (int i = 0; i < cw_postgres_arrival_tables(arrival); i++) {
        const char *table = cw_postgres_arrival_of(arrival, i, CW_ARRIVAL_TABLE);
        if (!is_filled_at_once(table))
            cw_postgres_arrival_put(&sql, " OR EXISTS (SELECT 1 FROM \"%s\")", table);
    }
    PGresult *result = cw_postgres_ask_on(arrival->conn, (const char *)sql.p, arrival->error);
    bool good = result != NULL && PQgetvalue(result, 0, 0)[0] == 'f';
    if (result != NULL && !good)
        snprintf(arrival->error, 256,
                 "The database in `store` is not empty: it has a community already. Name an empty "
                 "one.");
    PQclear(result);
    cw_buf_finish(&sql);
    return good;
}

/* Rows are counted in the end, not one by one. */
static bool begin_anew(struct cw_postgres_arrival *arrival)
{
    struct cw_buf sql = {0};
    cw_postgres_arrival_put(
        &sql,
        "BEGIN; CREATE TABLE IF NOT EXISTS arrival(state text NOT NULL, at text NOT NULL, after"
        " text NOT NULL, finished boolean NOT NULL); DELETE FROM arrival; INSERT INTO arrival"
        " VALUES('%s', '', '', false); TRUNCATE search, news; UPDATE counters SET last = 0;"
        " UPDATE nodes SET epoch = epoch + 1, process = 0;" /* servers of before that come back end
                                                             */
        " UPDATE log SET newest = 0, news = 0;",
        arrival->source->state);
    for (int i = 0; i < cw_postgres_arrival_tables(arrival); i++) {
        const char *table = cw_postgres_arrival_of(arrival, i, CW_ARRIVAL_TABLE);
        cw_postgres_arrival_put(&sql, "TRUNCATE \"%s\"; ALTER TABLE \"%s\" DISABLE TRIGGER USER;",
                                table, table);
    }
    cw_postgres_arrival_put(&sql, "COMMIT");
    bool good = cw_postgres_arrival_exec(arrival, (const char *)sql.p);
    cw_buf_finish(&sql);
    return good;
}

/* Is the part that is there of this community? *current: and is the folder as it was then? */
static bool judge_part(struct cw_postgres_arrival *arrival, bool *current)
{
    PGresult *result =
        cw_postgres_ask_on(arrival->conn, "SELECT state FROM arrival", arrival->error);
    if (result == NULL)
        return false;
    const char *state = PQntuples(result) == 1 ? PQgetvalue(result, 0, 0) : "";
    bool ours = strncmp(state, arrival->source->state, CW_MOVE_DB_TEXT) == 0;
    *current = strcmp(state, arrival->source->state) == 0;
    if (!ours)
        snprintf(arrival->error, 256,
                 "The database in `store` has a part of another community, which was on its way "
                 "there. Name an empty one.");
    PQclear(result);
    return ours;
}

static bool begin(struct cw_postgres_arrival *arrival)
{
    char ignored[256];
    bool current = false;
    if (cw_postgres_arrival_is_over(arrival->conn, ignored))
        return judge_empty(arrival) && begin_anew(arrival);
    if (!judge_part(arrival, &current))
        return false;
    if (current)
        return true;
    arrival->source->tell(arrival->source->context,
                          "the data have changed since the last attempt: it begins anew");
    return begin_anew(arrival);
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Goes on where the last attempt ended. */
static bool copy_all(struct cw_postgres_arrival *arrival, const char *at, const char *after)
{
    bool good = true;
    for (int i = 0; good && i < cw_postgres_arrival_tables(arrival); i++) {
        int order = strcmp(cw_postgres_arrival_of(arrival, i, CW_ARRIVAL_TABLE), at);
        if (order >= 0)
            good = cw_postgres_arrival_copy(arrival, i, order == 0 ? after : "");
    }
    return good;
}

static bool take_sequence(void *to, const struct cw_move_value *values)
{
    if (values[0].bytes.n != 0 && memchr(values[0].bytes.p, '\'', values[0].bytes.n) != NULL)
        return true; /* it is no table of ours */
    cw_postgres_arrival_put(to, "UPDATE counters SET last = %lld WHERE name = '%.*s';",
                            (long long)values[1].number, (int)values[0].bytes.n,
                            (const char *)values[0].bytes.p);
    return true;
}

/* Ids are never given twice, those of rows that have gone neither; words are looked for anew. */
static bool finish(struct cw_postgres_arrival *arrival)
{
    struct cw_buf sql = {0};
    cw_postgres_arrival_put(&sql, "BEGIN;");
    bool good =
        arrival->source->read(arrival->source->context, "SELECT name, seq FROM sqlite_sequence",
                              "bn", take_sequence, &sql, arrival->error);
    for (int i = 0; i < cw_postgres_arrival_tables(arrival); i++) {
        const char *table = cw_postgres_arrival_of(arrival, i, CW_ARRIVAL_TABLE);
        cw_postgres_arrival_put(&sql, "ALTER TABLE \"%s\" ENABLE TRIGGER USER; ANALYZE \"%s\";",
                                table, table);
        if (strncmp(cw_postgres_arrival_of(arrival, i, CW_ARRIVAL_COLUMNS), "\"id\"", 4) == 0)
            cw_postgres_arrival_put(&sql,
                                    "UPDATE counters SET last = greatest(last, (SELECT max(id)"
                                    " FROM \"%s\")) WHERE name = '%s';",
                                    table, table);
    }
    cw_postgres_arrival_put(&sql, "UPDATE progress SET search_to = 0; UPDATE log SET newest ="
                                  " greatest((SELECT newest FROM progress), (SELECT max(id) FROM"
                                  " messages)); UPDATE arrival SET finished = true; COMMIT");
    good = good && cw_postgres_arrival_exec(arrival, (const char *)sql.p);
    cw_buf_finish(&sql);
    return good;
}

/* What was finished was compared before. */
static bool bring_rows(struct cw_postgres_arrival *arrival)
{
    PGresult *result = cw_postgres_ask_on(arrival->conn, "SELECT at, after, finished FROM arrival",
                                          arrival->error);
    if (result == NULL)
        return false;
    bool good = PQgetvalue(result, 0, 2)[0] == 't' ||
                (copy_all(arrival, PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1)) &&
                 cw_postgres_arrival_verify(arrival) && finish(arrival));
    PQclear(result);
    return good;
}

/* --- the end ------------------------------------------------------------------------------------
 */

static bool settle(struct cw_postgres_arrival *arrival, const char *folder, const char *community)
{
    const struct cw_move_source *source = arrival->source;
    bool moved = source->moved_to[0] != '\0';
    if (moved && strcmp(source->moved_to, community) != 0) {
        snprintf(arrival->error, 256,
                 "The community of %.100s has moved to another database than that in `store`.",
                 folder);
        return false;
    }
    /* Until the database is left, nothing in the folder keeps a server from it. */
    return (moved || (begin(arrival) && bring_rows(arrival) &&
                      source->leave(source->context, community, arrival->error))) &&
           cw_postgres_folder_mark(folder, community, arrival->error) &&
           cw_postgres_arrival_exec(arrival, "DROP TABLE IF EXISTS arrival");
}

static bool arrive(struct cw_postgres *pg, struct cw_postgres_arrival *arrival, const char *folder)
{
    arrival->conn = pg->conn;
    arrival->tables = cw_postgres_ask(pg, TABLES, arrival->error);
    PGresult *version = arrival->tables == NULL
                            ? NULL
                            : cw_postgres_ask(pg, "SELECT community FROM version", arrival->error);
    bool good = version != NULL && settle(arrival, folder, PQgetvalue(version, 0, 0));
    PQclear(version);
    PQclear(arrival->tables);
    return good;
}

static bool is_alone(struct cw_postgres_node *node, char error[256])
{
    return cw_postgres_node_ask_others(node, error) &&
           (!node->others ||
            cw_postgres_refuse("Another server uses the database in `store`: stop it first.",
                               error));
}

bool cw_postgres_move(const char *url, const char *folder, const struct cw_move_source *source,
                      char error[256])
{
    struct cw_postgres *pg = cw_alloc_zero(sizeof *pg);
    struct cw_postgres_arrival arrival = {.source = source, .error = error};
    char *copy = cw_alloc(strlen(url) + 1);
    memcpy(copy, url, strlen(url) + 1);
    pg->url = copy;
    pg->node = (struct cw_postgres_node){.url = copy,
                                         .number = 1,
                                         .moves = true,
                                         .connected = source->connected,
                                         .connected_context = source->context};
    struct cw_postgres_start *start = cw_postgres_start_begin(&pg->node, error);
    bool good = start != NULL && cw_postgres_connect(pg, error) && is_alone(&pg->node, error) &&
                cw_postgres_adopt(&pg->node, error) && arrive(pg, &arrival, folder);
    cw_postgres_node_connected(&pg->node, NULL);
    cw_postgres_start_end(start);
    cw_postgres_disconnect(pg);
    free(copy);
    free(pg);
    return good;
}
