/* delivery.c - a page of delivery, in SQLite.
 *
 * It is a merge over the mailboxes of one user: the next id of each is found by one seek in the
 * index, the lowest is taken, its mailbox is sought again. So the cost does not depend on other
 * users' messages in between, or on how far the user is behind. */
#include "store/rules_mention.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/mentions.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/own.h"
#include "store/sqlite/quotes.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

struct page {
    struct cw_sqlite *s;
    struct cw_arena *arena;
    uint64_t user_id;
    bool own; /* with what the user sent */
    struct cw_sqlite_source usual[1 + CW_GROUPS_PER_USER];
    struct cw_sqlite_source *sources;
    size_t source_count;
    size_t count; /* of s->page */
    size_t bytes;
    unsigned scanned;
    uint64_t scanned_to;
    struct cw_sqlite_name sender; /* the last one looked up */
    struct cw_sqlite_name to;     /* the same, in a conversation */
    enum cw_store_status status;
};

static void add_source(struct page *page, uint64_t mailbox, uint64_t after)
{
    uint64_t next = cw_sqlite_inbox_seek(page->s, mailbox, after);
    if (next != 0)
        page->sources[page->source_count++] =
            (struct cw_sqlite_source){.mailbox = mailbox, .next = next};
}

static void open_sources(struct page *page, uint64_t cursor)
{
    cw_sql_statement *st = cw_sql_of(page->s, CW_SQL_MEMBERSHIPS);
    page->sources = page->usual;
    if (page->own)
        page->sources = cw_sqlite_own_sources(page->s, page->user_id, cursor, CW_GROUPS_PER_USER,
                                              &page->source_count, page->arena);
    else
        add_source(page, cw_mailbox_of_user(page->user_id), cursor);
    cw_sql_int(st, 1, page->user_id);
    for (int i = 0; i < CW_GROUPS_PER_USER && cw_sql_row(page->s, st); i++) {
        uint64_t joined = cw_sql_column_int(st, 1);
        add_source(page, cw_mailbox_of_group(cw_sql_column_int(st, 0)),
                   joined > cursor ? joined : cursor);
    }
    cw_sql_end(st);
}

static struct cw_sqlite_source *lowest(struct page *page)
{
    struct cw_sqlite_source *found = NULL;
    for (size_t i = 0; i < page->source_count; i++) {
        struct cw_sqlite_source *source = &page->sources[i];
        if (source->next != 0 && (found == NULL || source->next < found->next))
            found = source;
    }
    return found;
}

static void go_on(struct page *page, struct cw_sqlite_source *source)
{
    if (source->seq == 0) {
        source->next = cw_sqlite_inbox_seek(page->s, source->mailbox, source->next);
        return;
    }
    struct cw_sqlite_place place = cw_sqlite_first(page->s, source->mailbox, source->seq + 1);
    source->next = place.id;
    source->seq = place.seq;
}

/* Of a conversation either user may be the recipient. */
static struct cw_slice source_name(struct page *page, struct cw_sqlite_source *source,
                                   uint64_t mailbox)
{
    if (source->seq != 0)
        return cw_sqlite_known_name(page->s, &page->to, mailbox, page->arena);
    if (source->name.n == 0)
        source->name = cw_sqlite_name_of(page->s, source->mailbox, page->arena);
    return source->name;
}

/* What is known of a message whose row is lost. */
static void place_lost(struct page *page, const struct cw_sqlite_source *source,
                       struct cw_store_message *message)
{
    bool pair = source->seq != 0 && !cw_mailbox_is_group(source->mailbox);
    message->mailbox = pair ? cw_mailbox_of_user(page->user_id) : source->mailbox;
    message->seq = source->seq;
    message->time_ms = page->count == 0 ? page->s->now_ms : page->s->page[page->count - 1].time_ms;
}

/* Takes the message into the page; false when it must wait. */
static bool take_message(struct page *page, struct cw_sqlite_source *source,
                         struct cw_sqlite_message *message)
{
    if (cw_store_is_passed_over(&page->s->store, &message->m, page->user_id, page->own))
        return true;
    if (!cw_store_page_has_room(page->count, page->bytes, message->m.size))
        return false;
    page->status = cw_sqlite_message_load(page->s, message, page->arena);
    if (page->status != CW_STORE_OK)
        return false;
    page->bytes += message->m.body.n;
    if (message->lost)
        place_lost(page, source, &message->m);
    cw_sqlite_sender_name(page->s, &page->sender, &message->m, page->arena);
    message->m.mailbox_name = source_name(page, source, message->m.mailbox);
    message->m.quote =
        cw_sqlite_quote(page->s, cw_conversation_of(message->m.mailbox, message->m.sender_id),
                        message->m.reply_to, page->arena);
    cw_sqlite_mentions_read(page->s, page->user_id,
                            message->m.kind == CW_KIND_EDIT ? message->previous
                                                            : message->m.message_id,
                            &message->m, page->arena);
    page->bytes += cw_store_mentions_bytes(message->m.mentions);
    page->s->page[page->count++] = message->m;
    return true;
}

/* Looks at the source's next message; false when the page is full before it. */
static bool take(struct page *page, struct cw_sqlite_source *source)
{
    struct cw_sqlite_message message;
    if (page->scanned == CW_PAGE_SCAN_MAX)
        return false;
    bool others_alone = !page->own && cw_mailbox_is_group(source->mailbox);
    uint64_t not_of = others_alone ? page->user_id : CW_NOBODY;
    /* The index may name one that is no longer kept. */
    bool found =
        cw_sqlite_message_find(page->s, source->next, CW_WANT_ALL, not_of, &message, page->arena);
    if (page->s->trouble != CW_STORE_OK || (found && !take_message(page, source, &message)))
        return false;
    page->scanned++;
    page->scanned_to = source->next;
    go_on(page, source);
    return true;
}

void cw_sqlite_inbox_read(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    struct page page = {.s = s, .arena = arena, .user_id = request->user_id, .own = request->own};
    struct cw_sqlite_source *source;
    open_sources(&page, request->cursor);
    while ((source = lowest(&page)) != NULL && take(&page, source))
        ;
    /* The messages before a file that cannot be read now are a page; the next page begins with the
     * file. */
    result->status = page.count == 0 ? page.status : CW_STORE_OK;
    if (result->status != CW_STORE_OK)
        return;
    result->more = source != NULL;
    result->scanned_to = result->more ? page.scanned_to : cw_sqlite_newest(s);
    result->message_count = page.count;
    if (page.count == 0)
        return;
    result->messages = cw_arena_alloc(arena, page.count * sizeof result->messages[0]);
    memcpy(result->messages, s->page, page.count * sizeof result->messages[0]);
}
