/* client_files.c - the public requests about files, and the hash of one. client_requests.c has the
 * other requests beyond protocol v1. */
#include <sodium.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "client/client_arguments.h"

_Static_assert(CHINWAG_CHUNK_MAX == CW_FILE_CHUNK_MAX && CHINWAG_HASH_SIZE == CW_SHA256_N,
               "chinwag.h differs from limits.h");

static struct cw_msg request_about(enum cw_action action, uint64_t file)
{
    return (struct cw_msg){.kind = CW_REQUEST, .action = action, .file_id = file};
}

int64_t chinwag_upload(chinwag_client *client, const char *name, uint64_t size)
{
    struct cw_msg msg = request_about(CW_UPLOAD, 0);
    msg.size = size;
    return cw_request_string(client, &msg, &msg.file_name, name);
}

int64_t chinwag_resume_upload(chinwag_client *client, uint64_t file)
{
    struct cw_msg msg = request_about(CW_RESUME_UPLOAD, file);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_upload_chunk(chinwag_client *client, uint64_t file, uint64_t generation,
                             uint64_t offset, const void *bytes, size_t n)
{
    struct cw_msg msg = request_about(CW_UPLOAD_CHUNK, file);
    if (bytes == NULL || n == 0)
        return CHINWAG_BAD_ARGUMENT;
    if (n > CHINWAG_CHUNK_MAX)
        return CHINWAG_TOO_LONG;
    msg.generation = generation;
    msg.offset = offset;
    msg.bytes = cw_slice_of(bytes, n);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_end_upload(chinwag_client *client, uint64_t file, uint64_t generation,
                           const uint8_t sha256[CHINWAG_HASH_SIZE])
{
    struct cw_msg msg = request_about(CW_END_UPLOAD, file);
    msg.generation = generation;
    msg.sha256 = cw_slice_of(sha256, CHINWAG_HASH_SIZE);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_drop_upload(chinwag_client *client, uint64_t file)
{
    struct cw_msg msg = request_about(CW_DROP_UPLOAD, file);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_send_file(chinwag_client *client, const char *conversation, uint64_t file,
                          const char *caption, size_t length)
{
    struct cw_msg msg = {0};
    msg.extras.map_present = true;
    msg.extras.present = CW_BIT(CW_X_FILE);
    msg.extras.file_id = file;
    return cw_request_text(client, &msg, conversation, caption, length);
}

size_t chinwag_chunk_room(const chinwag_client *client)
{
    return cw_client_file_room(client->core, true);
}

size_t chinwag_piece_room(const chinwag_client *client)
{
    return cw_client_file_room(client->core, false);
}

int64_t chinwag_fetch_file(chinwag_client *client, uint64_t file, uint64_t offset, size_t limit)
{
    struct cw_msg msg = request_about(CW_FETCH_FILE, file);
    if (limit == 0)
        return CHINWAG_BAD_ARGUMENT;
    msg.offset = offset;
    msg.extras.map_present = true;
    msg.extras.present = CW_BIT(CW_X_LIMIT);
    msg.extras.limit = limit < CHINWAG_CHUNK_MAX ? limit : CHINWAG_CHUNK_MAX;
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_add_thumbnail(chinwag_client *client, uint64_t file, const void *bytes, size_t n)
{
    struct cw_msg msg = request_about(CW_ADD_THUMBNAIL, file);
    if (bytes == NULL || n == 0)
        return CHINWAG_BAD_ARGUMENT;
    if (n > CW_THUMBNAIL_MAX)
        return CHINWAG_TOO_LONG;
    msg.bytes = cw_slice_of(bytes, n);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_fetch_thumbnail(chinwag_client *client, uint64_t file)
{
    struct cw_msg msg = request_about(CW_FETCH_THUMBNAIL, file);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_link_file(chinwag_client *client, uint64_t file, uint64_t generation,
                          bool thumbnail)
{
    struct cw_msg msg = request_about(CW_LINK_FILE, file);
    msg.generation = generation;
    msg.extras.map_present = true;
    msg.extras.thumbnail = thumbnail;
    if (thumbnail)
        msg.extras.present = CW_BIT(CW_X_THUMBNAIL);
    return cw_client_request(client->core, &msg);
}

/* --- the hash ----------------------------------------------------------------------------- */

struct chinwag_hash {
    crypto_hash_sha256_state state;
};

chinwag_hash *chinwag_hash_create(void)
{
    cw_alloc_begin_soft();
    chinwag_hash *hash = cw_alloc(sizeof *hash);
    cw_alloc_end_soft();
    if (hash == NULL)
        return NULL;
    crypto_hash_sha256_init(&hash->state);
    return hash;
}

void chinwag_hash_add(chinwag_hash *hash, const void *bytes, size_t n)
{
    crypto_hash_sha256_update(&hash->state, bytes, n);
}

void chinwag_hash_finish(chinwag_hash *hash, uint8_t sha256[CHINWAG_HASH_SIZE])
{
    crypto_hash_sha256_final(&hash->state, sha256);
    free(hash);
}
