/* retired.c - names that nobody can have for a while, in SQLite. Of the key and the looks of each
 * name the table has hashes with the database's own key: what has been given up cannot be read
 * there. */
#include "store/sqlite/retired.h"

#include "base/buf.h"
#include "store/rules_departure.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "text/look.h"

/* A key ('k') or a look ('l'): only its hash is kept. */
static uint64_t hash_of(const struct cw_sqlite *s, char kind, struct cw_slice text)
{
    struct cw_buf bytes = {0};
    cw_buf_append(&bytes, &kind, 1);
    cw_buf_append(&bytes, text.p, text.n);
    uint64_t hash = cw_hash_keyed(s->retry_key, cw_buf_slice(&bytes));
    cw_buf_finish(&bytes);
    return hash;
}

static bool is_retired(struct cw_sqlite *s, uint64_t hash)
{
    uint64_t deleted_ms = cw_sql_query(s, CW_SQL_RETIRED_FIND, CW_NUMBERS(hash));
    return deleted_ms != 0 && cw_store_is_retired(s->moment, deleted_ms);
}

static void forget_retired(struct cw_sqlite *s)
{
    uint64_t first_ms;
    while ((first_ms = cw_sql_query(s, CW_SQL_RETIRED_FIRST, CW_NUMBERS(0))) != 0 &&
           !cw_store_is_retired(s->moment, first_ms))
        cw_sql_run_with(s, CW_SQL_RETIRED_DELETE, CW_NUMBERS(first_ms));
}

bool cw_sqlite_name_retired(struct cw_sqlite *s, const struct cw_store_request *request)
{
    struct cw_slice looks = request->looks, look;
    bool retired = is_retired(s, hash_of(s, 'k', request->key));
    while (!retired && cw_looks_next(&looks, &look))
        retired = is_retired(s, hash_of(s, 'l', look));
    return retired;
}

static void retire(struct cw_sqlite *s, char kind, struct cw_slice text)
{
    cw_sql_run_with(s, CW_SQL_RETIRED_INSERT,
                    CW_NUMBERS(hash_of(s, kind, text), cw_store_deleted_ms(s->moment)));
}

void cw_sqlite_retire_name(struct cw_sqlite *s, struct cw_slice key, struct cw_slice looks)
{
    struct cw_slice look;
    forget_retired(s);
    retire(s, 'k', key);
    while (cw_looks_next(&looks, &look))
        retire(s, 'l', look);
}
