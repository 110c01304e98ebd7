/* operator.c - messages for the operator: at once by options.log, or as notes, which the store's
 * thread takes. */
#include <stdarg.h>
#include <stdio.h>

#include "store/blob.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/state.h"

#define AGAIN_MS 60000 /* the least time between two equal notes */

void cw_sqlite_log(struct cw_sqlite *s, const char *format, ...)
{
    char line[512];
    va_list arguments;
    if (s->options.log == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    s->options.log(line);
}

void cw_sqlite_log_notes(struct cw_sqlite *s)
{
    struct cw_store_notes *notes = &s->store.notes;
    for (size_t i = 0; i < notes->count; i++)
        cw_sqlite_log(s, "%s", notes->lines[i]);
    if (s->options.log != NULL)
        notes->count = 0;
}

static bool noted_before(struct cw_sqlite *s, uint64_t id)
{
    for (size_t i = 0; i < CW_SQLITE_NOTED; i++)
        if (s->noted[i].id == id && s->now_ms - s->noted[i].at_ms < AGAIN_MS)
            return true;
    s->noted[s->noted_next].id = id;
    s->noted[s->noted_next].at_ms = s->now_ms;
    s->noted_next = (s->noted_next + 1) % CW_SQLITE_NOTED;
    return false;
}

void cw_sqlite_note_damage(struct cw_sqlite *s, uint64_t id, const char *blob, const char *why)
{
    if (id != 0 && noted_before(s, id))
        return;
    struct cw_store_notes *notes = &s->store.notes;
    if (notes->count == CW_STORE_NOTES_MAX) {
        notes->lost++;
        return;
    }
    char *line = notes->lines[notes->count++];
    if (id == 0)
        snprintf(line, sizeof notes->lines[0], "%s", why);
    else
        snprintf(line, sizeof notes->lines[0], "message %llu%s%s: %s", (unsigned long long)id,
                 blob[0] == '\0' ? "" : ", file " CW_BLOB_FOLDER "/", blob, why);
}
