/* window.c - the windows of parts in SQLite: which numbers a part has used.
 *
 * They are kept for the length of a batch and written once before its commit,
 * however many messages a part has in it. A row holds the ids of the numbers that
 * were used and no others, so that the row of a part that sent one message is short. */
#include <stdlib.h>

#include "store/rules.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"
#include "store/sqlite/window.h"

#define ID_BYTES 8

/* --- rows ------------------------------------------------------------------------------ */

static uint64_t get_id(const uint8_t *p)
{
    uint64_t id = 0;
    for (int i = 0; i < ID_BYTES; i++)
        id = id << 8 | p[i];
    return id;
}

static void put_id(uint8_t *p, uint64_t id)
{
    for (int i = ID_BYTES; i-- > 0; id >>= 8)
        p[i] = (uint8_t)id;
}

/* The ids in the order of the bits, lowest first. */
static size_t pack_ids(const struct cw_window *window, uint8_t bytes[ID_BYTES * CW_RETRIES_MAX])
{
    size_t n = 0;
    for (uint64_t i = 0; i < CW_RETRIES_MAX; i++)
        if ((window->seen >> i & 1) != 0) {
            put_id(bytes + n, cw_window_id(window, window->top - i));
            n += ID_BYTES;
        }
    return n;
}

static void unpack_ids(struct cw_window *window, struct cw_slice bytes)
{
    size_t n = 0;
    for (uint64_t i = 0; i < CW_RETRIES_MAX && n + ID_BYTES <= bytes.n; i++)
        if ((window->seen >> i & 1) != 0) {
            window->ids[(window->top - i) % CW_RETRIES_MAX] = get_id(bytes.p + n);
            n += ID_BYTES;
        }
}

static bool read_row(struct cw_sqlite *s, struct cw_sqlite_window *window)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_WINDOW_FIND);
    cw_sql_int(st, 1, window->key[0]);
    cw_sql_int(st, 2, window->key[1]);
    bool found = cw_sql_row(s, st);
    if (found) {
        window->window.top = cw_sql_column_int(st, 0);
        window->window.seen = cw_sql_column_int(st, 1);
        window->last_id = cw_sql_column_int(st, 2);
        unpack_ids(&window->window, cw_sql_column_slice(st, 3));
    }
    cw_sql_end(st);
    return found;
}

static void write_row(struct cw_sqlite *s, const struct cw_sqlite_window *window)
{
    uint8_t bytes[ID_BYTES * CW_RETRIES_MAX];
    enum cw_sql which = window->is_stored ? CW_SQL_WINDOW_SET : CW_SQL_WINDOW_INSERT;
    cw_sql_statement *st = cw_sql_of(s, which);
    cw_sql_int(st, 1, window->key[0]);
    cw_sql_int(st, 2, window->key[1]);
    cw_sql_int(st, 3, window->window.top);
    cw_sql_int(st, 4, window->window.seen);
    cw_sql_int(st, 5, window->last_id);
    cw_sql_blob(st, 6, cw_slice_of(bytes, pack_ids(&window->window, bytes)));
    cw_sql_run(s, which);
}

/* --- what version 0.1.0 wrote --------------------------------------------------------- */

/* Each counted message named the session's one before it, and the session the last
 * one. Where that row ends at a message that is no longer kept, all numbers before
 * count as used. */
static void take_over(struct cw_sqlite *s, struct cw_window *window, uint64_t session_id,
                      uint64_t last_n, uint64_t id)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_COUNTED);
    uint64_t lowest = last_n;
    cw_window_use(window, last_n, 0);
    for (int i = 0; i < CW_RETRIES_MAX && id != 0; i++) {
        cw_sql_int(st, 1, id);
        bool found = cw_sql_row(s, st) && cw_sql_column_int(st, 0) == session_id;
        uint64_t n = found ? cw_sql_column_int(st, 1) : 0;
        uint64_t previous = found ? cw_sql_column_int(st, 3) : 0; /* no hash: it is older */
        cw_sql_end(st);
        if (!found)
            break;
        if (cw_window_look(window, n) == CW_WINDOW_PAST)
            return;
        cw_window_use(window, n, id);
        lowest = n;
        id = previous;
    }
    for (uint64_t n = lowest; id != 0 && n-- > 1 && cw_window_look(window, n) != CW_WINDOW_PAST;)
        cw_window_use(window, n, 0);
}

/* --- the windows of a batch ------------------------------------------------------------- */

static void load(struct cw_sqlite *s, struct cw_sqlite_window *window)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSION_COUNTER);
    cw_sql_int(st, 1, window->key[0]);
    window->has_session = cw_sql_row(s, st);
    uint64_t last_n = window->has_session ? cw_sql_column_int(st, 0) : 0;
    uint64_t counted_id = window->has_session ? cw_sql_column_int(st, 1) : 0;
    cw_sql_end(st);
    if (!window->has_session)
        return;
    window->is_stored = read_row(s, window);
    if (!window->is_stored && window->key[1] == 0 && last_n != 0)
        take_over(s, &window->window, window->key[0], last_n, counted_id);
}

struct cw_sqlite_window *cw_sqlite_window(struct cw_sqlite *s, uint64_t session_id, uint64_t part)
{
    const uint64_t key[2] = {session_id, part};
    struct cw_sqlite_window *window = cw_map_get(&s->window_keys, cw_slice_of(key, sizeof key));
    if (window == NULL) {
        window = cw_alloc_zero(sizeof *window);
        window->key[0] = session_id;
        window->key[1] = part;
        window->next = s->windows;
        load(s, window);
        s->windows = window;
        cw_map_put(&s->window_keys, cw_slice_of(window->key, sizeof window->key), window);
    }
    return window->has_session ? window : NULL;
}

/* Of too many parts of the session the one that was silent longest is forgotten. */
static void forget_oldest(struct cw_sqlite *s, uint64_t session_id)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_WINDOWS_OF_SESSION);
    struct cw_store_choice choice = {0};
    cw_sql_int(st, 1, session_id);
    while (cw_sql_row(s, st))
        cw_store_choose_part(&choice, cw_sql_column_int(st, 0), cw_sql_column_int(st, 1));
    uint64_t oldest = cw_store_chosen_part(&choice);
    if (oldest == 0)
        return;
    st = cw_sql_of(s, CW_SQL_WINDOW_DELETE);
    cw_sql_int(st, 1, session_id);
    cw_sql_int(st, 2, oldest);
    cw_sql_run(s, CW_SQL_WINDOW_DELETE);
}

void cw_sqlite_windows_write(struct cw_sqlite *s)
{
    for (struct cw_sqlite_window *w = s->windows; w != NULL; w = w->next)
        if (w->changed)
            write_row(s, w);
    for (struct cw_sqlite_window *w = s->windows; w != NULL; w = w->next)
        if (w->changed && !w->is_stored && w->key[1] != 0)
            forget_oldest(s, w->key[0]);
}

void cw_sqlite_windows_forget(struct cw_sqlite *s)
{
    while (s->windows != NULL) {
        struct cw_sqlite_window *window = s->windows;
        s->windows = window->next;
        cw_map_remove(&s->window_keys, cw_slice_of(window->key, sizeof window->key));
        free(window);
    }
}

/* --- what was sent ------------------------------------------------------------------------ */

bool cw_sqlite_retry_key_load(struct cw_sqlite *s)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_RETRY_KEY);
    struct cw_slice key = cw_sql_row(s, st) ? cw_sql_column_slice(st, 0) : (struct cw_slice){0};
    bool good = key.n == sizeof s->retry_key;
    if (good)
        memcpy(s->retry_key, key.p, key.n);
    cw_sql_end(st);
    return good;
}
