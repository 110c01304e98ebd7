/* links.c - the operations of links to files, in SQLite, and their key. */
#include "store/rules_link.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/thumbnails.h"

/* False: there is none, or trouble. */
static bool read_link_key(struct cw_sqlite *s, uint8_t key[CW_FILE_LINK_KEY_N])
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_LINK_KEY);
    struct cw_slice stored = cw_sql_row(s, st) ? cw_sql_column_slice(st, 0) : (struct cw_slice){0};
    bool good = stored.n == CW_FILE_LINK_KEY_N;
    if (good)
        memcpy(key, stored.p, stored.n);
    cw_sql_end(st);
    return good;
}

void cw_sqlite_file_link(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    uint8_t key[CW_FILE_LINK_KEY_N], *mac = cw_arena_alloc(arena, CW_FILE_LINK_MAC_N);
    struct cw_store_file file;
    bool found = cw_sqlite_file_row(s, request->file_id, &file, NULL) && read_link_key(s, key);
    result->status = cw_store_may_link(&s->store, request, found ? &file : NULL);
    if (result->status != CW_STORE_OK)
        return;
    cw_store_sign_link(key, request->name, mac);
    result->secret = cw_slice_of(mac, CW_FILE_LINK_MAC_N);
}

void cw_sqlite_file_linked(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    uint8_t key[CW_FILE_LINK_KEY_N];
    result->user_id = request->user_id;
    bool found =
        cw_sqlite_file_row(s, request->file_id, &result->file, arena) && read_link_key(s, key);
    result->status =
        found ? cw_store_link_status(&s->store, key, request, &result->file) : CW_STORE_NOT_FOUND;
    if (result->status == CW_STORE_OK && request->thumbnail &&
        !cw_sqlite_thumbnail_read(s, request->file_id, result, arena))
        result->status = CW_STORE_NOT_FOUND;
}
