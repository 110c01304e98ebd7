/* profiles.c - what users say of themselves, in SQLite. Who has said nothing has no row. */
#include "store/sqlite/profiles.h"

#include "store/rules_profile.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

/* --- in lists -------------------------------------------------------------------------- */

struct cw_sqlite_face cw_sqlite_face_of(struct cw_sqlite *s, uint64_t user_id,
                                        struct cw_arena *arena)
{
    struct cw_sqlite_face face = {0};
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_PROFILE_FACE);
    cw_sql_int(st, 1, user_id);
    if (cw_sql_row(s, st)) {
        face.display = cw_sql_column_copy(st, 0, arena);
        face.hidden = cw_sql_column_int(st, 1) != 0;
    }
    cw_sql_end(st);
    return face;
}

void cw_sqlite_face_person(struct cw_sqlite *s, uint64_t asker_id, struct cw_store_person *person,
                           struct cw_arena *arena)
{
    struct cw_sqlite_face face = cw_sqlite_face_of(s, person->user_id, arena);
    bool blocked = cw_sqlite_has_blocked(&s->store, person->user_id, asker_id);
    if (!blocked)
        person->display = face.display;
    if (blocked || (face.hidden && person->user_id != asker_id))
        person->seen_ms = 0;
}

/* --- whole ------------------------------------------------------------------------------ */

struct cw_store_profile cw_sqlite_profile_of(struct cw_sqlite *s, uint64_t user_id,
                                             struct cw_arena *arena)
{
    struct cw_store_profile profile = {0};
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_PROFILE);
    cw_sql_int(st, 1, user_id);
    if (cw_sql_row(s, st))
        profile = (struct cw_store_profile){.display = cw_sql_column_copy(st, 0, arena),
                                            .status = cw_sql_column_copy(st, 1, arena),
                                            .status_until_ms = cw_sql_column_int(st, 2),
                                            .avatar = cw_sql_column_int(st, 3),
                                            .zone = cw_sql_column_copy(st, 4, arena),
                                            .hidden = cw_sql_column_int(st, 5) != 0,
                                            .listed = cw_sql_column_int(st, 6) != 0};
    cw_sql_end(st);
    return profile;
}

static void write_profile(struct cw_sqlite *s, uint64_t user_id,
                          const struct cw_store_profile *profile)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_PROFILE_SET);
    cw_sql_int(st, 1, user_id);
    cw_sql_text_of(st, 2, profile->display);
    cw_sql_text_of(st, 3, profile->status);
    cw_sql_int(st, 4, profile->status_until_ms);
    cw_sql_int(st, 5, profile->avatar);
    cw_sql_text_of(st, 6, profile->zone);
    cw_sql_int(st, 7, profile->hidden);
    cw_sql_int(st, 8, profile->listed);
    cw_sql_run(s, CW_SQL_PROFILE_SET);
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG); /* what it said before */
}

/* The old avatar goes with the profile that named it. */
static void take_avatar(struct cw_sqlite *s, uint64_t old, uint64_t avatar)
{
    if (old != 0)
        cw_sqlite_file_remove(s, old);
    if (avatar != 0)
        cw_sql_run_with(s, CW_SQL_FILE_SET_MESSAGE, CW_NUMBERS(avatar, CW_FILE_OF_PROFILE));
    s->upload_ends_ms = 0;
}

void cw_sqlite_profile_set(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_file file;
    bool names_file = request->file_id != 0;
    bool found = names_file && cw_sqlite_file_row(s, request->file_id, &file, arena);
    struct cw_store_profile profile = cw_sqlite_profile_of(s, request->user_id, arena);
    uint64_t old = profile.avatar;
    result->status = cw_store_change_profile(request, found ? &file : NULL, &profile);
    result->repeated = result->status == CW_STORE_EXISTS;
    if (result->repeated)
        result->status = CW_STORE_OK;
    if (result->repeated || result->status != CW_STORE_OK)
        return;
    write_profile(s, request->user_id, &profile);
    if (profile.avatar != old)
        take_avatar(s, old, profile.avatar);
}

void cw_sqlite_profile_drop(struct cw_sqlite *s, uint64_t user_id)
{
    uint64_t avatar = cw_sql_query(s, CW_SQL_PROFILE_AVATAR, CW_NUMBERS(user_id));
    cw_sql_run_with(s, CW_SQL_PROFILE_DROP, CW_NUMBERS(user_id));
    if (avatar != 0)
        cw_sqlite_file_remove(s, avatar);
}

static uint64_t seen_of(struct cw_sqlite *s, uint64_t user_id)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_ID);
    cw_sql_int(st, 1, user_id);
    uint64_t seen_ms = cw_sql_row(s, st) ? cw_sql_column_int(st, 2) : 0;
    cw_sql_end(st);
    return seen_ms;
}

void cw_sqlite_profile_read(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_file file;
    if (cw_sqlite_has_blocked(&s->store, request->other_id, request->user_id)) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    struct cw_store_profile profile = cw_sqlite_profile_of(s, request->other_id, arena);
    profile.seen_ms = seen_of(s, request->other_id);
    if (profile.avatar != 0 && cw_sqlite_file_row(s, profile.avatar, &file, arena)) {
        profile.avatar_size = file.size;
        profile.avatar_type = file.type;
    }
    cw_store_censor_profile(request, &profile);
    result->profile = profile;
}
