/* files.c - files and uploads, in memory. */
#include <stdlib.h>

#include "store/file.h"
#include "store/memory/files.h"
#include "store/rules_link.h"

/* Not random, as nothing here. */
#define FIRST_ID 1000

static struct cw_memory_file *find_file(const struct cw_memory *m, uint64_t id)
{
    for (size_t i = 0; i < m->files.count; i++) {
        struct cw_memory_file *file = m->files.items[i];
        if (file->file.id == id)
            return file;
    }
    return NULL;
}

static struct cw_memory_file *file_of_message(const struct cw_memory *m, uint64_t message_id)
{
    for (size_t i = 0; i < m->files.count; i++) {
        struct cw_memory_file *file = m->files.items[i];
        if (file->file.message_id == message_id)
            return file;
    }
    return NULL;
}

/* Is there a file, or one that has its bytes from it? */
static bool is_taken(const struct cw_memory *m, uint64_t id)
{
    for (size_t i = 0; i < m->files.count; i++) {
        const struct cw_memory_file *file = m->files.items[i];
        if (file->file.user_id != 0 && (file->file.id == id || file->file.content == id))
            return true;
    }
    return false;
}

/* A file that has gone is kept as long as others have its bytes. */
static void forget_file(struct cw_memory *m, struct cw_memory_file *gone)
{
    cw_memory_count_stored(m, gone->file.user_id, gone->file.size, 0);
    gone->file.user_id = 0;
    gone->file.message_id = UINT64_MAX;
    gone->file.size = 0;
    gone->sha256 = (struct cw_slice){0};
    for (size_t i = 0; i < m->files.count; i++) {
        struct cw_memory_file *file = m->files.items[i];
        if (file->file.user_id == 0 && !is_taken(m, file->file.id))
            file->file.id = 0;
    }
}

bool cw_memory_file_at(struct cw_store *store, uint64_t file_id, struct cw_store_file *file)
{
    const struct cw_memory_file *found = find_file((struct cw_memory *)store, file_id);
    if (found == NULL || found->file.user_id == 0)
        return false;
    *file = found->file;
    return true;
}

bool cw_memory_message_at(struct cw_store *store, uint64_t message_id, uint64_t *sender_id,
                          uint64_t *mailbox)
{
    const struct cw_memory_entry *entry =
        cw_memory_entry_with_id((struct cw_memory *)store, message_id);
    if (entry == NULL || entry->gone || entry->message.deleted_ms != 0)
        return false;
    *sender_id = entry->message.sender_id;
    *mailbox = entry->message.mailbox;
    return true;
}

const struct cw_store_file *cw_memory_file_send(struct cw_memory *m, uint64_t file_id,
                                                uint64_t message_id)
{
    struct cw_memory_file *file = find_file(m, file_id);
    file->file.message_id = message_id;
    return &file->file;
}

void cw_memory_file_describe(struct cw_memory *m, struct cw_store_message *message)
{
    const struct cw_memory_file *file = file_of_message(m, message->message_id);
    if (file == NULL)
        return;
    message->file_id = file->file.id;
    message->file_size = file->file.size;
    message->file_name = cw_memory_out(m, file->file.name);
    message->file_type = cw_memory_out(m, file->file.type);
    message->file_width = file->file.width;
    message->file_height = file->file.height;
    message->file_thumbnail = file->file.thumbnail;
}

void cw_memory_file_forget(struct cw_memory *m, uint64_t message_id)
{
    struct cw_memory_file *file = file_of_message(m, message_id);
    if (file != NULL)
        forget_file(m, file);
}

void cw_memory_uploads_drop(struct cw_memory *m, uint64_t user_id)
{
    for (size_t i = 0; i < m->files.count; i++) {
        struct cw_memory_file *file = m->files.items[i];
        if (cw_store_is_upload(&file->file, user_id))
            forget_file(m, file);
    }
}

void cw_memory_avatar_change(struct cw_memory *m, uint64_t old, uint64_t avatar)
{
    if (old != 0)
        forget_file(m, find_file(m, old));
    if (avatar != 0)
        find_file(m, avatar)->file.message_id = CW_FILE_OF_PROFILE;
}

void cw_memory_files_sweep(struct cw_memory *m)
{
    for (size_t i = 0; i < m->files.count; i++) {
        struct cw_memory_file *file = m->files.items[i];
        if (file->file.message_id == 0 &&
            m->moment.earlier_ms >= file->file.begun_ms + CW_UPLOAD_MS)
            forget_file(m, file);
    }
}

void cw_memory_files_finish(struct cw_memory *m)
{
    for (size_t i = 0; i < m->files.count; i++)
        cw_buf_finish(&((struct cw_memory_file *)m->files.items[i])->bytes);
    free(m->files.items);
}

/* --- operations --------------------------------------------------------------------------- */

static void resume(struct cw_memory_file *file, struct cw_store_result *result)
{
    file->file.generation++;
    result->file = file->file;
    result->file.offset = file->file.done ? file->file.size : file->bytes.n;
}

static bool was_begun_by(const struct cw_memory_file *file, const struct cw_store_request *request)
{
    return request->n != 0 && cw_store_is_upload(&file->file, request->user_id) &&
           file->session_id == request->session_id && file->part == request->part &&
           file->n == request->n;
}

/* The request was made before, and its answer was lost. */
static bool begin_again(struct cw_memory *m, const struct cw_store_request *request,
                        struct cw_store_result *result)
{
    for (size_t i = 0; i < m->files.count; i++) {
        struct cw_memory_file *file = m->files.items[i];
        if (!was_begun_by(file, request))
            continue;
        result->status = cw_store_is_same_upload(request, &file->file);
        if (result->status == CW_STORE_OK)
            resume(file, result);
        return true;
    }
    return false;
}

void cw_memory_file_begin(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    if (begin_again(m, request, result))
        return;
    uint64_t count = 0, total = 0;
    for (size_t i = 0; i < m->files.count; i++) {
        const struct cw_memory_file *file = m->files.items[i];
        count += cw_store_is_upload(&file->file, request->user_id);
        total += file->file.message_id == 0 ? file->file.size : 0;
    }
    uint64_t id = request->file_id != 0 ? request->file_id : FIRST_ID + ++m->last_file_id;
    result->status = cw_store_may_upload(&m->store, &m->options, request, count, total);
    if (result->status == CW_STORE_OK && is_taken(m, id))
        result->status = CW_STORE_EXISTS;
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_file *file = cw_memory_keep(m, sizeof *file);
    file->file = (struct cw_store_file){.id = id,
                                        .user_id = request->user_id,
                                        .content = id,
                                        .size = request->size,
                                        .generation = 1,
                                        .begun_ms = m->moment.earlier_ms,
                                        .name = cw_arena_copy(&m->arena, request->name)};
    file->session_id = request->session_id;
    file->part = request->part;
    file->n = request->n;
    cw_memory_add(&m->files, file);
    cw_memory_count_stored(m, request->user_id, 0, request->size);
    result->file = file->file;
}

static struct cw_memory_file *find_upload(struct cw_memory *m,
                                          const struct cw_store_request *request,
                                          struct cw_store_result *result)
{
    struct cw_memory_file *file = find_file(m, request->file_id);
    if (file != NULL && cw_store_is_upload(&file->file, request->user_id))
        return file;
    result->status = CW_STORE_NOT_FOUND;
    return NULL;
}

void cw_memory_file_resume(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct cw_memory_file *file = find_upload(m, request, result);
    if (file != NULL)
        resume(file, result);
}

/* That of the file with the lowest id that has these bytes; its own when there is none. */
static uint64_t same_content(const struct cw_memory *m, const struct cw_memory_file *as,
                             struct cw_slice sha256)
{
    const struct cw_memory_file *same = NULL;
    for (size_t i = 0; i < m->files.count; i++) {
        const struct cw_memory_file *file = m->files.items[i];
        if (file->file.size == as->file.size && cw_slice_eq(file->sha256, sha256) &&
            (same == NULL || file->file.id < same->file.id))
            same = file;
    }
    return same == NULL ? as->file.content : same->file.content;
}

void cw_memory_file_done(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    struct cw_memory_file *file = find_upload(m, request, result);
    if (file == NULL)
        return;
    if (file->file.generation != request->generation) {
        result->status = CW_STORE_MISMATCH;
        return;
    }
    file->file.content = same_content(m, file, request->secret);
    file->sha256 = cw_arena_copy(&m->arena, request->secret);
    file->file.type = cw_arena_copy(&m->arena, request->type);
    file->file.width = request->width;
    file->file.height = request->height;
    file->file.done = true;
}

void cw_memory_file_drop(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    struct cw_memory_file *file = find_upload(m, request, result);
    if (file != NULL)
        forget_file(m, file);
}

void cw_memory_file_find(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    result->status = cw_memory_file_at(&m->store, request->file_id, &result->file)
                         ? cw_store_may_fetch(&m->store, request->user_id, &result->file)
                         : CW_STORE_NOT_FOUND;
}

/* --- bytes ---------------------------------------------------------------------------------- */

void cw_memory_file_write(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    struct cw_memory_file *file = find_file(m, request->file_id);
    if (m->full) {
        result->status = CW_STORE_NO_ROOM;
    } else if (file == NULL || file->bytes.n != request->offset) {
        result->status = CW_STORE_MISMATCH;
    } else {
        cw_buf_append(&file->bytes, request->body.p, request->body.n);
        result->file.offset = file->bytes.n;
    }
}

void cw_memory_file_hash(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    const struct cw_memory_file *file = find_file(m, request->file_id);
    uint8_t sha256[CW_SHA256_N] = {0};
    struct cw_slice bytes = file == NULL ? (struct cw_slice){0} : cw_buf_slice(&file->bytes);
    cw_file_hash(bytes, sha256);
    if (bytes.n == request->size &&
        cw_slice_eq(cw_slice_of(sha256, sizeof sha256), request->secret))
        cw_file_describe(bytes, &result->file);
    else
        result->status = CW_STORE_MISMATCH;
}

void cw_memory_file_read(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    const struct cw_memory_file *file = find_file(m, request->file_id);
    if (file == NULL || request->offset + request->limit > file->bytes.n) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->body = cw_memory_out(m, cw_slice_of(file->bytes.p + request->offset, request->limit));
}

/* --- thumbnails ----------------------------------------------------------------------------- */

void cw_memory_thumbnail_set(struct cw_memory *m, const struct cw_store_request *request,
                             struct cw_store_result *result)
{
    struct cw_memory_file *file = find_file(m, request->file_id);
    result->status = cw_store_may_set_thumbnail(request, file == NULL ? NULL : &file->file);
    if (result->status != CW_STORE_OK)
        return;
    file->thumbnail = cw_arena_copy(&m->arena, request->body);
    file->thumbnail_type = cw_arena_copy(&m->arena, request->type);
    file->file.thumbnail = (uint32_t)request->body.n;
}

static void show_thumbnail(struct cw_memory *m, uint64_t file_id, struct cw_store_result *result)
{
    const struct cw_memory_file *file = find_file(m, file_id);
    if (file->file.thumbnail == 0) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->file.type = cw_memory_out(m, file->thumbnail_type);
    result->body = cw_memory_out(m, file->thumbnail);
    result->file.size = result->body.n;
}

void cw_memory_thumbnail_find(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    cw_memory_file_find(m, request, result);
    if (result->status == CW_STORE_OK)
        show_thumbnail(m, request->file_id, result);
}

/* --- links ---------------------------------------------------------------------------------- */

static const uint8_t link_key[CW_FILE_LINK_KEY_N] = {1, 2, 3};

void cw_memory_file_link(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    uint8_t mac[CW_FILE_LINK_MAC_N];
    struct cw_store_file file;
    bool found = cw_memory_file_at(&m->store, request->file_id, &file);
    result->status = cw_store_may_link(&m->store, request, found ? &file : NULL);
    if (result->status != CW_STORE_OK)
        return;
    cw_store_sign_link(link_key, request->name, mac);
    result->secret = cw_memory_out(m, cw_slice_of(mac, sizeof mac));
}

void cw_memory_file_linked(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    bool found = cw_memory_file_at(&m->store, request->file_id, &result->file);
    result->user_id = request->user_id;
    result->status =
        cw_store_link_status(&m->store, link_key, request, found ? &result->file : NULL);
    if (result->status == CW_STORE_OK && request->thumbnail)
        show_thumbnail(m, request->file_id, result);
}
