/* names.c - the looks of names, computed again after a change of the rules or of Unicode's data, in
 * SQLite. The table `looks` has all looks of each name, also of names from before look-alikes were
 * refused: a refusal of a new name reports the oldest name with the same look. */
#include <stdlib.h>

#include "store/sqlite/lost.h"
#include "store/sqlite/names.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"
#include "store/sqlite/trouble.h"
#include "text/look.h"
#include "text/unicode.h"

static void run_with_look(struct cw_sqlite *s, enum cw_sql which, bool group, uint64_t id,
                          struct cw_slice look)
{
    cw_sql_statement *st = cw_sql_of(s, which);
    cw_sql_int(st, 1, group);
    cw_sql_text_of(st, 2, look);
    cw_sql_int(st, 3, id);
    cw_sql_run(s, which);
}

void cw_sqlite_looks_add(struct cw_sqlite *s, bool group, uint64_t id, struct cw_slice looks)
{
    struct cw_slice look;
    while (cw_looks_next(&looks, &look))
        run_with_look(s, CW_SQL_LOOK_INSERT, group, id, look);
}

void cw_sqlite_looks_remove(struct cw_sqlite *s, bool group, uint64_t id, struct cw_slice name)
{
    struct cw_looks looks;
    cw_name_looks(name, &looks);
    struct cw_slice packed = cw_looks_slice(&looks), look;
    while (cw_looks_next(&packed, &look))
        run_with_look(s, CW_SQL_LOOK_DELETE, group, id, look);
}

struct cw_slice cw_sqlite_twin(struct cw_sqlite *s, bool group, struct cw_slice looks,
                               struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_LOOK_FIND);
    struct cw_slice look;
    uint64_t id = 0;
    while (id == 0 && cw_looks_next(&looks, &look)) {
        cw_sql_int(st, 1, group);
        cw_sql_text_of(st, 2, look);
        id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
        cw_sql_end(st);
    }
    if (id == 0)
        return (struct cw_slice){0};
    return cw_sqlite_name_of(s, group ? cw_mailbox_of_group(id) : cw_mailbox_of_user(id), arena);
}

/* --- recomputing keys and looks -------------------------------------------------------------- */

struct table {
    bool group;
    enum cw_sql next, set_key, keep_key;
};

/* The key without punctuation at its ends, unless another name has it. */
static void renew_key(struct cw_sqlite *s, const struct table *table, uint64_t id,
                      struct cw_slice name)
{
    struct cw_name_key key, whole;
    if (!cw_name_fold(name, &key) || !cw_name_fold_whole(name, &whole))
        return;
    cw_sql_statement *st = cw_sql_of(s, table->set_key);
    cw_sql_int(st, 1, id);
    cw_sql_text_of(st, 2, cw_name_key_slice(&key));
    if (cw_sql_run(s, table->set_key) != 0)
        return;
    st = cw_sql_of(s, table->keep_key);
    cw_sql_int(st, 1, id);
    cw_sql_text_of(st, 2, cw_name_key_slice(&whole));
    cw_sql_run(s, table->keep_key);
}

static void renew_table(struct cw_sqlite *s, const struct table *table)
{
    uint64_t id = 0;
    for (;;) {
        struct cw_arena arena = {0};
        struct cw_slice name = {0};
        struct cw_looks looks;
        cw_sql_statement *st = cw_sql_of(s, table->next);
        cw_sql_int(st, 1, id);
        id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
        if (id != 0)
            name = cw_sql_column_copy(st, 1, &arena);
        cw_sql_end(st);
        if (id != 0) {
            renew_key(s, table, id, name);
            cw_name_looks(name, &looks);
            cw_sqlite_looks_add(s, table->group, id, cw_looks_slice(&looks));
        }
        cw_arena_finish(&arena);
        if (id == 0)
            return;
    }
}

static bool is_current(struct cw_sqlite *s)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_NAMES_VERSION);
    struct cw_arena arena = {0};
    bool current = cw_sql_row(s, st) &&
                   cw_slice_eq(cw_sql_column_copy(st, 0, &arena), cw_slice_str(cw_unicode_version));
    cw_sql_end(st);
    cw_arena_finish(&arena);
    return current;
}

static void append_kept(struct cw_sqlite *s, enum cw_sql which, uint8_t tag, struct cw_buf *out)
{
    cw_sql_statement *st = cw_sql_of(s, which);
    while (cw_sql_row(s, st)) {
        cw_buf_append(out, &tag, 1);
        struct cw_slice key = cw_sql_column_slice(st, 0);
        cw_buf_append(out, key.p, key.n);
        cw_buf_append(out, "", 1);
    }
    cw_sql_end(st);
}

void cw_sqlite_names_renew(struct cw_sqlite *s)
{
    static const struct table tables[] = {
        {false, CW_SQL_USER_NEXT_NAME, CW_SQL_USER_SET_KEY, CW_SQL_USER_KEEP_KEY},
        {true, CW_SQL_GROUP_NEXT_NAME, CW_SQL_GROUP_SET_KEY, CW_SQL_GROUP_KEEP_KEY}};
    if (is_current(s) || s->trouble != CW_STORE_OK)
        return;
    cw_sql_run(s, CW_SQL_BEGIN_WRITING);
    cw_sql_run(s, CW_SQL_LOOKS_DELETE);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        renew_table(s, &tables[i]);
    cw_sql_text_of(cw_sql_of(s, CW_SQL_NAMES_SET_VERSION), 1, cw_slice_str(cw_unicode_version));
    cw_sql_run(s, CW_SQL_NAMES_SET_VERSION);
    cw_sql_run(s, CW_SQL_COMMIT);
    s->names_renewed = true;
    if (!s->careful || !cw_sqlite_is_lost(s))
        return;
    cw_sqlite_note_loss(s); /* of some the looks are missing, until the next start at least */
    cw_sqlite_forget_loss(s);
    if (cw_sql_in_transaction(s))
        cw_sql_run(s, CW_SQL_ROLLBACK);
}

void cw_sqlite_names_load(struct cw_sqlite *s)
{
    cw_sqlite_names_renew(s);
    append_kept(s, CW_SQL_USERS_KEPT, 'u', &s->kept_keys);
    append_kept(s, CW_SQL_GROUPS_KEPT, 'g', &s->kept_keys);
    if (s->careful && cw_sqlite_is_lost(s)) {
        cw_sqlite_note_loss(s);
        cw_sqlite_forget_loss(s);
    }
    s->store.kept_keys = cw_slice_of(s->kept_keys.p, s->kept_keys.n);
}

/* --- twins ------------------------------------------------------------------------------ */

void cw_sqlite_list_twins(struct cw_store *store, bool only_new, size_t most,
                          void (*found)(void *context, bool group, struct cw_slice name,
                                        struct cw_slice older),
                          void *context)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_TWINS);
    struct cw_arena arena = {0};
    if (only_new && !s->names_renewed)
        return;
    cw_sql_int(st, 1, most);
    while (cw_sql_row(s, st)) {
        bool group = cw_sql_column_int(st, 0) != 0;
        uint64_t id = cw_sql_column_int(st, 1), older = cw_sql_column_int(st, 2);
        found(context, group, cw_sqlite_name_of(s, id << 1 | group, &arena),
              cw_sqlite_name_of(s, older << 1 | group, &arena));
    }
    cw_sql_end(st);
    cw_arena_finish(&arena);
}
