/* import_write.c - see import_write.h. Messages go into the store by the operation that all
 * messages take, in the order of their times, many in one commit. */
#include "server/import_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "server/calendar.h"
#include "server/import_people.h"
#include "server/import_upload.h"
#include "store/survey.h"
#include "text/emoji.h"

#define NO_FILE SIZE_MAX

/* A message that is on its way, or a post's reactions that follow it. */
struct pending {
    struct cw_import_line line; /* of the last message of a post: its texts */
    bool owns_line;
    uint32_t post;
    bool first; /* of the post: its number is the post's */
    bool stored;
};

/* Messages of before, by conversation, sender and time. */
struct seen {
    struct {
        uint64_t conversation, sender_id, time_ms;
    } key;
    uint64_t seq; /* of the first */
    uint32_t count, used;
};

struct writing {
    struct cw_import_writer writer; /* first */
    struct cw_store_request requests[CW_IMPORT_BATCH];
    struct cw_store_result results[CW_IMPORT_BATCH];
    struct pending pending[CW_IMPORT_BATCH];
    size_t count;
    struct cw_map seen;
    struct cw_arena seen_arena;
    uint64_t said; /* posts that were left out */
};

/* --- the store ------------------------------------------------------------------------------- */

static bool open_store(struct writing *writing, char error[256])
{
    const struct cw_store_options options = {.session_idle_ms = UINT64_MAX / 2,
                                             .sessions_per_user = CW_SESSIONS_PER_USER,
                                             .inviters = CW_INVITERS_NONE};
    writing->writer.store = cw_store_open_sqlite(writing->writer.order->data, &options, error);
    if (writing->writer.store != NULL)
        cw_calendar_read(&writing->writer.clock, writing->writer.store);
    return writing->writer.store != NULL;
}

/* --- what is there already ------------------------------------------------------------------- */

static struct seen *seen_of(struct writing *writing, uint64_t conversation, uint64_t sender_id,
                            uint64_t time_ms)
{
    struct seen wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.key.conversation = conversation;
    wanted.key.sender_id = sender_id;
    wanted.key.time_ms = time_ms;
    return cw_map_get(&writing->seen, cw_slice_of((const uint8_t *)&wanted.key, sizeof wanted.key));
}

static void note_message(void *context, uint64_t conversation, uint64_t sender_id, uint64_t seq,
                         uint64_t time_ms)
{
    struct writing *writing = context;
    struct seen *seen = seen_of(writing, conversation, sender_id, time_ms);
    if (seen == NULL) {
        seen = cw_arena_alloc(&writing->seen_arena, sizeof *seen);
        memset(seen, 0, sizeof *seen);
        seen->key.conversation = conversation;
        seen->key.sender_id = sender_id;
        seen->key.time_ms = time_ms;
        seen->seq = seq;
        cw_map_put(&writing->seen, cw_slice_of((const uint8_t *)&seen->key, sizeof seen->key),
                   seen);
    }
    seen->count++;
    seen->seq = seq < seen->seq ? seq : seen->seq;
}

/* An older folder is brought up to date first, and a new one made. */
static bool read_seen(struct writing *writing, char error[256])
{
    static const uint64_t seed[2] = {9, 10};
    const char *data = writing->writer.order->data;
    struct cw_store_survey survey = {.message = note_message, .context = writing};
    cw_map_init(&writing->seen, seed);
    if (!open_store(writing, error))
        return false;
    cw_store_close(writing->writer.store);
    return cw_store_survey_sqlite(data, data, &survey, error);
}

/* --- posts ----------------------------------------------------------------------------------- */

static uint64_t sender_of(const struct writing *writing, const struct cw_plan_post *post)
{
    return writing->writer.plan->users[post->sender]->id;
}

/* 0: a part of it could not be made. */
static uint64_t mailbox_of(const struct writing *writing, const struct cw_plan_post *post)
{
    const struct cw_import_plan *plan = writing->writer.plan;
    if (post->group != CW_PLAN_NONE)
        return plan->groups[post->group]->id == 0
                   ? 0
                   : cw_mailbox_of_group(plan->groups[post->group]->id);
    uint32_t other = post->pair[0] == post->sender ? post->pair[1] : post->pair[0];
    return cw_mailbox_of_user(plan->users[other]->id);
}

static uint64_t conversation_of(const struct writing *writing, const struct cw_plan_post *post)
{
    return cw_conversation_of(mailbox_of(writing, post), sender_of(writing, post));
}

static void leave_out(struct writing *writing, const struct cw_plan_post *post, const char *why)
{
    writing->writer.written->left_out++;
    if (writing->said++ < 200)
        printf("line %u: left out: %s\n", post->line, why);
}

static const char *reason_of(enum cw_store_status status)
{
    switch (status) {
    case CW_STORE_NOT_MEMBER:
        return "its sender could not join the group";
    case CW_STORE_FORBIDDEN:
        return "its sender is muted there, or blocked";
    case CW_STORE_ANNOUNCED:
        return "only moderators write in that group";
    case CW_STORE_TOO_SOON:
        return "the group is in slow mode";
    default:
        return "the store refused it";
    }
}

/* What an answer refers to must have its number. */
static void react_all(struct writing *writing, const struct cw_plan_post *post,
                      const struct cw_import_post *from)
{
    struct cw_import_writer *writer = &writing->writer;
    for (size_t i = 0; i < from->reaction_count && post->seq != 0 && !writer->failed; i++) {
        const struct cw_import_reaction *reaction = &from->reactions[i];
        struct cw_plan_user *user =
            cw_map_get(&writer->plan->users_by_name, cw_slice_str(reaction->user));
        struct cw_emoji emoji;
        struct cw_store_result result;
        if (user == NULL || user->id == 0 || !cw_emoji_read(cw_slice_str(reaction->emoji), &emoji))
            continue;
        enum cw_store_status status = cw_import_run_one(
            writer,
            (struct cw_store_request){.op = CW_STORE_REACT,
                                      .user_id = user->id,
                                      .conversation = conversation_of(writing, post),
                                      .seq = post->seq,
                                      .body = cw_slice_of(emoji.p, emoji.n)},
            &result);
        writer->written->reactions += status == CW_STORE_OK && !result.repeated;
    }
}

static void take_stored(struct writing *writing, const struct pending *pending,
                        enum cw_store_status status, uint64_t seq)
{
    struct cw_plan_post *post = &writing->writer.plan->posts[pending->post];
    if (status != CW_STORE_OK) {
        leave_out(writing, post, reason_of(status));
        return;
    }
    writing->writer.written->messages++;
    if (pending->first)
        post->seq = seq;
    if (post->group != CW_PLAN_NONE)
        writing->writer.plan->groups[post->group]->last_seq = seq;
}

/* Stores what is pending; then the reactions. */
static void flush(struct writing *writing)
{
    size_t n = writing->count;
    struct cw_import_writer *writer = &writing->writer;
    if (n != 0 && !writer->failed) {
        cw_import_run(writer, writing->requests, n, writing->results);
        for (size_t i = 0; i < n && !writer->failed; i++)
            take_stored(writing, &writing->pending[i], writing->results[i].status,
                        writing->results[i].seq);
    }
    writing->count = 0;
    for (size_t i = 0; i < n; i++)
        if (writing->pending[i].owns_line) {
            struct cw_plan_post *post = &writer->plan->posts[writing->pending[i].post];
            react_all(writing, post, &writing->pending[i].line.posts[post->number]);
            cw_import_finish(&writing->pending[i].line);
        }
}

/* --- the messages of a post ------------------------------------------------------------------ */

/* So much of it as one message may hold, at a blank if there is one in its second half. */
static struct cw_slice first_part(struct cw_slice text)
{
    size_t n = 0, points = 0, blank = 0;
    while (n < text.n && n < CW_CONTENT_BYTES_MAX && points <= CW_CONTENT_CODE_POINTS_MAX) {
        blank = text.p[n] == ' ' || text.p[n] == '\n' ? n + 1 : blank;
        points += (text.p[n] & 0xc0) != 0x80;
        n++;
    }
    if (n == text.n && points <= CW_CONTENT_CODE_POINTS_MAX)
        return text;
    n--;
    while (n != 0 && (text.p[n] & 0xc0) == 0x80)
        n--;
    return cw_slice_of(text.p, blank > n / 2 && blank <= n ? blank : n);
}

/* Is it there already? Then its number is known. */
static bool is_seen(struct writing *writing, struct cw_plan_post *post, bool first)
{
    struct seen *seen =
        seen_of(writing, conversation_of(writing, post), sender_of(writing, post), post->time_ms);
    if (seen == NULL || seen->used == seen->count)
        return false;
    seen->used++;
    writing->writer.written->found++;
    if (first)
        post->seq = seen->seq;
    return true;
}

static void add_message(struct writing *writing, uint32_t at, struct cw_slice text,
                        const struct cw_import_file *file, bool first)
{
    struct cw_plan_post *post = &writing->writer.plan->posts[at];
    const struct cw_plan_post *answered =
        post->answers == CW_PLAN_NONE ? NULL : &writing->writer.plan->posts[post->answers];
    uint64_t file_id = 0;
    if (is_seen(writing, post, first))
        return;
    if (file != NULL)
        file_id = cw_import_upload(&writing->writer, sender_of(writing, post), file);
    if (writing->writer.failed || (file != NULL && file_id == 0 && text.n == 0))
        return;
    struct pending *pending = &writing->pending[writing->count];
    *pending = (struct pending){.post = at, .first = first};
    writing->requests[writing->count++] =
        (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                  .time_ms = post->time_ms,
                                  .user_id = sender_of(writing, post),
                                  .mailbox = mailbox_of(writing, post),
                                  .body = text,
                                  .file_id = file_id,
                                  .reply_to = first && answered != NULL ? answered->seq : 0};
}

/* A long text becomes several messages, and so does each file behind the first. */
static void add_messages(struct writing *writing, uint32_t at, const struct cw_import_post *from)
{
    struct cw_slice text = cw_slice_str(from->text);
    size_t file = 0;
    bool first = true;
    while ((text.n != 0 || file < from->file_count) && !writing->writer.failed) {
        struct cw_slice part = first_part(text);
        add_message(writing, at, part, file < from->file_count ? &from->files[file] : NULL, first);
        text = cw_slice_of(text.p + part.n, text.n - part.n);
        file++;
        first = false;
    }
}

/* Room for all messages of one post, each of which has some of its text or a file. */
static bool has_room_for(const struct writing *writing, const struct cw_import_post *from)
{
    size_t most = strlen(from->text) / (CW_CONTENT_CODE_POINTS_MAX / 2) + 2 + from->file_count;
    return writing->count + most <= CW_IMPORT_BATCH;
}

static bool is_pending(const struct writing *writing, uint32_t post)
{
    for (size_t i = 0; i < writing->count; i++)
        if (writing->pending[i].post == post)
            return true;
    return false;
}

/* The line lives until its messages are stored. Uploads are sent at once, since a user has a few at
 * a time only. */
static void write_post(struct writing *writing, uint32_t at, struct cw_import_line *line)
{
    struct cw_plan_post *post = &writing->writer.plan->posts[at];
    const struct cw_import_post *from = &line->posts[post->number];
    if ((post->answers != CW_PLAN_NONE && is_pending(writing, post->answers)) ||
        !has_room_for(writing, from))
        flush(writing);
    size_t before = writing->count;
    if (!has_room_for(writing, from))
        leave_out(writing, post, "its text is too long");
    else
        add_messages(writing, at, from);
    if (writing->count == before) {
        react_all(writing, post, from);
        cw_import_finish(line);
        return;
    }
    writing->pending[writing->count - 1].line = *line;
    writing->pending[writing->count - 1].owns_line = true;
    if (from->file_count != 0)
        flush(writing);
}

static bool import_read_again(struct writing *writing, struct cw_import_reader *reader, uint64_t at,
                              struct cw_import_line *line)
{
    struct cw_slice text;
    char why[CW_IMPORT_WHY];
    *line = (struct cw_import_line){0};
    return cw_import_source_at(writing->writer.order->source, at, &text) == CW_SOURCE_LINE &&
           cw_import_read(reader, (const char *)text.p, text.n, line, why);
}

static void write_posts(struct writing *writing)
{
    struct cw_import_writer *writer = &writing->writer;
    struct cw_import_reader reader = writer->plan->reader;
    for (size_t i = 0; i < writer->plan->post_count && !writer->failed; i++) {
        struct cw_plan_post *post = &writer->plan->posts[writer->plan->order[i]];
        struct cw_import_line line;
        if (sender_of(writing, post) == 0 || mailbox_of(writing, post) == 0) {
            leave_out(writing, post, "its sender, recipient or group could not be made");
            continue;
        }
        if (!import_read_again(writing, &reader, post->at, &line) ||
            line.post_count <= post->number) {
            cw_import_finish(&line);
            leave_out(writing, post, "the line has changed meanwhile");
            continue;
        }
        write_post(writing, writer->plan->order[i], &line);
    }
    flush(writing);
}

/* --- all of it ------------------------------------------------------------------------------- */

static void write_import(struct writing *writing)
{
    struct cw_import_writer *writer = &writing->writer;
    bool again = true;
    cw_import_users(writer);
    cw_import_groups(writer);
    write_posts(writing);
    cw_import_groups_end(writer);
    while (!writer->failed && again && cw_store_idle(writer->store, &again))
        continue; /* the index of words */
}

bool cw_import_write(const struct cw_import_order *order, struct cw_import_written *written,
                     char error[256])
{
    struct writing *writing = cw_alloc_zero(sizeof *writing);
    *written = (struct cw_import_written){0};
    writing->writer = (struct cw_import_writer){
        .order = order, .plan = order->plan, .written = written, .error = error};
    bool good = read_seen(writing, error) && open_store(writing, error);
    if (good) {
        write_import(writing);
        cw_store_close(writing->writer.store);
    }
    good = good && !writing->writer.failed;
    cw_arena_finish(&writing->writer.arena);
    cw_arena_finish(&writing->seen_arena);
    cw_map_finish(&writing->seen);
    free(writing);
    return good;
}
