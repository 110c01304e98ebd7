/* sqlite_messages.c - messages in SQLite: adding one, reading a page.
 *
 * A page is a merge over the mailboxes of one user: the next id of each is
 * found by one seek in the index, the lowest is taken, its mailbox is sought
 * again. So it costs nothing that others wrote in between, and nothing that he
 * is far behind. */
#include "store/blob.h"
#include "store/sqlite.h"

void cw_sqlite_message_append(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    sqlite3_stmt *st = s->statements[CW_SQL_MESSAGE_INSERT];
    cw_sql_int(st, 1, request->mailbox);
    cw_sql_int(st, 2, request->user_id);
    cw_sql_int(st, 3, request->time_ms);
    cw_sql_int(st, 4, request->voice);
    cw_sql_int(st, 5, request->channels);
    cw_sql_int(st, 6, request->sample_rate);
    if (request->blob.n == 0) {
        sqlite3_bind_null(st, 7);
        cw_sql_blob(st, 8, request->body);
    } else {
        cw_sql_text_of(st, 7, request->blob);
        sqlite3_bind_null(st, 8);
    }
    cw_sql_run(s, CW_SQL_MESSAGE_INSERT);
    if (s->trouble != CW_STORE_OK)
        return;
    result->message_id = (uint64_t)sqlite3_last_insert_rowid(s->db);
    cw_inbox_index_add(&s->inbox, request->mailbox, result->message_id);
}

uint64_t cw_sqlite_newest(struct cw_sqlite *s)
{
    sqlite3_stmt *st = s->statements[CW_SQL_MESSAGE_NEWEST];
    uint64_t id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return id;
}

/* --- a page ---------------------------------------------------------------------- */

struct source {
    uint64_t mailbox;
    uint64_t next; /* its next message, 0: none */
    struct cw_slice name;
};

struct page {
    struct cw_sqlite *s;
    struct cw_arena *arena;
    uint64_t user_id;
    struct source sources[1 + CW_GROUPS_PER_USER];
    size_t source_count;
    size_t count; /* of s->page */
    size_t bytes;
    unsigned scanned;
    uint64_t scanned_to;
    struct cw_slice sender; /* the last one looked up */
    uint64_t sender_id;
    enum cw_store_status status;
};

static void add_source(struct page *page, uint64_t mailbox, uint64_t after)
{
    uint64_t next = cw_sqlite_inbox_seek(page->s, mailbox, after);
    if (next != 0)
        page->sources[page->source_count++] = (struct source){mailbox, next, {0}};
}

static void open_sources(struct page *page, uint64_t cursor)
{
    sqlite3_stmt *st = page->s->statements[CW_SQL_MEMBERSHIPS];
    add_source(page, cw_mailbox_of_user(page->user_id), cursor);
    cw_sql_int(st, 1, page->user_id);
    for (int i = 0; i < CW_GROUPS_PER_USER && cw_sql_row(page->s, st); i++) {
        uint64_t joined = cw_sql_column_int(st, 1);
        add_source(page, cw_mailbox_of_group(cw_sql_column_int(st, 0)),
                   joined > cursor ? joined : cursor);
    }
    cw_sql_end(st);
}

static struct source *lowest(struct page *page)
{
    struct source *found = NULL;
    for (size_t i = 0; i < page->source_count; i++) {
        struct source *source = &page->sources[i];
        if (source->next != 0 && (found == NULL || source->next < found->next))
            found = source;
    }
    return found;
}

static struct cw_slice sender_name(struct page *page, uint64_t sender_id)
{
    if (page->sender_id != sender_id) {
        page->sender = cw_sqlite_name_of(page->s, cw_mailbox_of_user(sender_id), page->arena);
        page->sender_id = sender_id;
    }
    return page->sender;
}

static struct cw_slice source_name(struct page *page, struct source *source)
{
    if (source->name.n == 0)
        source->name = cw_sqlite_name_of(page->s, source->mailbox, page->arena);
    return source->name;
}

static bool fits(const struct page *page, size_t size)
{
    return page->count == 0 || page->bytes + size <= CW_PAGE_BYTES_MAX;
}

/* A file that somebody removed or cut: the voice message arrives without its
 * sound. Refusing to serve would end the server at every login of its reader. */
static struct cw_slice lost_body(void)
{
    static const uint8_t no_samples[] = {0x90}; /* MessagePack's empty array */
    return cw_slice_of(no_samples, sizeof no_samples);
}

/* The body of the row that `st` stands on; false when the page has no room. */
static bool load_body(struct page *page, sqlite3_stmt *st, struct cw_slice *body)
{
    const char *blob = (const char *)sqlite3_column_text(st, 5);
    size_t size = (size_t)sqlite3_column_bytes(st, 6);
    if (blob != NULL && !cw_blob_size(blob, &size)) {
        page->s->trouble = CW_STORE_FAILED;
        return false;
    }
    if (!fits(page, size))
        return false;
    if (blob == NULL) {
        *body = cw_sql_column_copy(st, 6, page->arena);
        return true;
    }
    enum cw_store_status status = cw_blob_read(page->s->folder, blob, page->arena, body);
    if (status == CW_STORE_FAILED)
        *body = lost_body();
    else
        page->status = status;
    return page->status == CW_STORE_OK;
}

/* Takes the row that `st` stands on into the page; false when it must wait. */
static bool take_row(struct page *page, struct source *source, sqlite3_stmt *st)
{
    uint64_t sender_id = cw_sql_column_int(st, 0);
    struct cw_slice body;
    if (cw_mailbox_is_group(source->mailbox) && sender_id == page->user_id)
        return true;
    if (page->count == CW_PAGE_ROWS_MAX || !load_body(page, st, &body))
        return false;
    page->bytes += body.n;
    page->s->page[page->count++] = (struct cw_store_message){
        .message_id = source->next,
        .time_ms = cw_sql_column_int(st, 1),
        .mailbox = source->mailbox,
        .sender_id = sender_id,
        .sender = sender_name(page, sender_id),
        .mailbox_name = source_name(page, source),
        .body = body,
        .voice = cw_sql_column_int(st, 2) != 0,
        .channels = (uint32_t)cw_sql_column_int(st, 3),
        .sample_rate = (uint32_t)cw_sql_column_int(st, 4),
    };
    return true;
}

/* Looks at the source's next message; false when the page is full before it. */
static bool take(struct page *page, struct source *source)
{
    if (page->scanned == CW_PAGE_SCAN_MAX)
        return false;
    sqlite3_stmt *st = page->s->statements[CW_SQL_MESSAGE_BY_ID];
    cw_sql_int(st, 1, source->next);
    cw_sql_int(st, 2, cw_mailbox_is_group(source->mailbox) ? page->user_id : 0);
    bool found = cw_sql_row(page->s, st);
    if (!found) /* the index names a row that is not there */
        page->s->trouble = page->s->trouble == CW_STORE_OK ? CW_STORE_FAILED : page->s->trouble;
    bool taken = found && take_row(page, source, st);
    cw_sql_end(st);
    if (!taken)
        return false;
    page->scanned++;
    page->scanned_to = source->next;
    source->next = cw_sqlite_inbox_seek(page->s, source->mailbox, source->next);
    return true;
}

void cw_sqlite_inbox_read(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    struct page page = {.s = s, .arena = arena, .user_id = request->user_id};
    struct source *source;
    open_sources(&page, request->cursor);
    while ((source = lowest(&page)) != NULL && take(&page, source))
        ;
    result->status = page.status;
    if (page.status != CW_STORE_OK)
        return;
    result->more = source != NULL;
    result->scanned_to = result->more ? page.scanned_to : cw_sqlite_newest(s);
    result->message_count = page.count;
    if (page.count == 0)
        return;
    result->messages = cw_arena_alloc(arena, page.count * sizeof result->messages[0]);
    memcpy(result->messages, s->page, page.count * sizeof result->messages[0]);
}
