/* backend.c - the SQLite back end: opening and closing.
 *
 * The operations are in the other files, one a noun; batches of them in batch.c; the
 * tables in schema.c; the statements in sql.c. Durability rests on WAL with synchronous=FULL:
 * COMMIT returns after the sync of the log. */
#include <stdio.h>
#include <stdlib.h>

#include "store/blob.h"
#include "store/sqlite/admins.h"
#include "store/sqlite/batch.h"
#include "store/sqlite/bots.h"
#include "store/sqlite/checkpoint.h"
#include "store/sqlite/copy.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/files.h"
#include "store/sqlite/identity.h"
#include "store/sqlite/idle.h"
#include "store/sqlite/invitations.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/mentions.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/names.h"
#include "store/sqlite/open.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/places.h"
#include "store/sqlite/posting.h"
#include "store/sqlite/reserve.h"
#include "store/sqlite/restored.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/settings.h"
#include "store/sqlite/state.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/trouble.h"
#include "store/sqlite/watch.h"

/* --- opening and closing --------------------------------------------------------------- */

static void close_store(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    if (s->copy != NULL || s->files_held)
        cw_sqlite_copy_end(store);
    cw_sqlite_sweep_tell(s, true);
    cw_sqlite_files_finish(s);
    cw_sqlite_close_database(s);
    cw_sqlite_watch_end(s);
    cw_inbox_index_finish(&s->inbox);
    cw_map_finish(&s->window_keys);
    cw_sqlite_stored_finish(s);
    cw_buf_finish(&s->kept_keys);
    cw_buf_finish(&s->words);
    free(s->folder);
    free(s);
}

static const char *failure(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_sqlite_watch(s);
    return s->failure[0] == '\0' ? NULL : s->failure;
}

/* --- whose ids these are ------------------------------------------------------------------ */

static uint64_t newest(const struct cw_store *store)
{
    return ((const struct cw_sqlite *)store)->newest;
}

static bool renew_identity(struct cw_store *store)
{
    return cw_sqlite_identity_write((struct cw_sqlite *)store, cw_sqlite_identity_renew);
}

static uint64_t stored_of(struct cw_store *store, uint64_t user_id)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    return cw_sqlite_stored_of(s, user_id) + cw_sqlite_stored_files_of(s, user_id);
}

/* What is past its age by a new rule is found by a walk from the beginning. */
static void set_options(struct cw_store *store, const struct cw_store_options *options)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    struct cw_store_options before = s->options;
    s->options = *options;
    s->options.first_is_admin = before.first_is_admin;
    s->options.log = before.log;
    s->sweep.day = 0;
}

static const struct cw_store_backend backend = {
    .execute = cw_sqlite_execute,
    .idle = cw_sqlite_idle,
    .list_twins = cw_sqlite_list_twins,
    .close = close_store,
    .set_options = set_options,
    .failure = failure,
    .disturbed = cw_sqlite_disturbed,
    .tick = cw_sqlite_tick,
    .tick_due = cw_sqlite_tick_due,
    .newest = newest,
    .renew_identity = renew_identity,
    .copy_begin = cw_sqlite_copy_begin,
    .copy_step = cw_sqlite_copy_step,
    .copy_end = cw_sqlite_copy_end,
    .restored = cw_sqlite_restored,
    .facts = {.user_exists = cw_sqlite_user_exists,
              .is_bot = cw_sqlite_is_bot,
              .user_known = cw_sqlite_user_known,
              .is_deleted = cw_sqlite_is_deleted,
              .group_exists = cw_sqlite_group_exists,
              .session_exists = cw_sqlite_session_exists,
              .role_of = cw_sqlite_role_of,
              .standing = cw_sqlite_standing,
              .written_ms = cw_sqlite_written_ms,
              .muted_until = cw_sqlite_muted_until,
              .first_member = cw_sqlite_first_member,
              .is_banned = cw_sqlite_is_banned,
              .group_count = cw_sqlite_group_count,
              .has_contact = cw_sqlite_has_contact,
              .has_blocked = cw_sqlite_has_blocked,
              .is_discreet = cw_sqlite_is_discreet,
              .user_by_key = cw_sqlite_user_by_key,
              .is_admin = cw_sqlite_is_admin,
              .admin_count = cw_sqlite_admin_count,
              .setup_good = cw_sqlite_setup_good,
              .invitation_good = cw_sqlite_invitation_good,
              .entry_at = cw_sqlite_entry_at,
              .stored_of = stored_of,
              .file_at = cw_sqlite_file_at,
              .message_at = cw_sqlite_message_at,
              .right = cw_sqlite_right_of}};

struct cw_store *cw_store_open_sqlite(const char *folder, const struct cw_store_options *options,
                                      char error[256])
{
    static const uint64_t seed[2] = {1, 2};
    struct cw_sqlite *s = cw_alloc_zero(sizeof *s);
    s->store.backend = &backend;
    cw_inbox_index_init(&s->inbox);
    cw_sqlite_rights_changed(s);        /* the empty ones are of before */
    cw_map_init(&s->window_keys, seed); /* of one batch: bounded, whatever parts a peer chooses */
    s->options = *options;
    /* SQLite would read a relative "file:..." as a URI. */
    s->folder = folder[0] == '/' ? cw_sqlite_path("", folder + 1) : cw_sqlite_path(".", folder);
    bool made = cw_sqlite_places_make(s->folder, folder, error);
    if (made)
        cw_sqlite_reserve_open(s);
    if (!made || !cw_sqlite_open_database(s, folder, error)) {
        s->trouble = CW_STORE_FAILED; /* nothing of ours to put into the database */
        close_store(&s->store);
        return NULL;
    }
    cw_sqlite_count_log(s);
    cw_sqlite_checkpoint(s, CW_LOG_STAYS); /* what a crash may have left */
    cw_sqlite_load_all(s);
    if (s->trouble != CW_STORE_OK) { /* an open transaction goes with the connection */
        snprintf(error, 256, "Cannot read or write the data in %.120s: see that the disk has room.",
                 folder);
        s->trouble = CW_STORE_FAILED;
        close_store(&s->store);
        return NULL;
    }
    cw_sqlite_reserve_make(s);
    cw_sqlite_sweep_blobs(s, folder);
    if (cw_sqlite_is_lost(s)) { /* the next start sweeps again */
        cw_sqlite_note_loss(s);
        cw_sqlite_mend(s);
    }
    s->careful = false;
    cw_sqlite_log_notes(s);
    cw_sqlite_watch_begin(s);
    return &s->store;
}
