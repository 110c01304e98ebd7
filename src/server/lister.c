/* lister.c - see lister.h. */
#include "server/lister.h"

#include <stdlib.h>

#include "audio/ogg_opus_read.h"
#include "base/account.h"
#include "base/alloc.h"
#include "wire/msg.h"

static bool is_file(const struct cw_store_message *message)
{
    return message->voice && cw_samples_are_ogg(message->body);
}

bool cw_lister_needed(const struct cw_store_request *request, const struct cw_store_result *result)
{
    bool page = request->op == CW_STORE_INBOX_READ || request->op == CW_STORE_VOICE_READ;
    if (!page || !request->lists || result->status != CW_STORE_OK)
        return false;
    for (size_t i = 0; i < result->message_count; i++)
        if (is_file(&result->messages[i]))
            return true;
    return false;
}

/* The longest possible length, for a recording that was stored without its length. */
static size_t samples_of(const struct cw_store_message *message)
{
    size_t most = CW_RECORDING_PCM_BYTES / sizeof(int16_t);
    size_t n = ((size_t)message->duration_ms + 1) * (CW_AUDIO_RATE / 1000) * message->channels;
    return message->duration_ms == 0 || n > most ? most : n;
}

size_t cw_lister_scratch(const struct cw_store_result *result)
{
    size_t longest = 0, lists = 0;
    for (size_t i = 0; i < result->message_count && lists < CW_PAGE_LISTS_BYTES_MAX; i++) {
        if (!is_file(&result->messages[i]))
            continue;
        size_t n = samples_of(&result->messages[i]);
        longest = n > longest ? n : longest;
        lists += 5 + 3 * n;
    }
    return cw_account_size(longest * sizeof(int16_t)) + cw_account_size(lists);
}

static void write_list(const int16_t *pcm, uint32_t count, struct cw_store_message *message,
                       struct cw_arena *lists)
{
    size_t n = 5 + 3 * (size_t)count;
    uint8_t *bytes = cw_alloc(n);
    message->body = cw_slice_of(bytes, cw_samples_write(pcm, count, bytes));
    message->body_owner = cw_arena_adopt(lists, (struct cw_owned){cw_slice_of(bytes, n), bytes});
}

static void make_list(struct cw_store_message *message, struct cw_arena *lists)
{
    struct cw_slice file = cw_samples_payload(message->body);
    struct cw_ogg_info info;
    if (cw_ogg_opus_info(file, &info) != CW_OGG_GOOD) {
        write_list(NULL, 0, message, lists);
        return;
    }
    uint32_t count = (uint32_t)info.frames * info.channels;
    int16_t *pcm = cw_alloc(count * sizeof *pcm);
    if (cw_ogg_opus_decode(file, pcm, count, &info) != CW_OGG_GOOD)
        count = 0;
    write_list(pcm, count, message, lists);
    free(pcm);
}

void cw_lister_run(struct cw_store_result *result, struct cw_arena *lists)
{
    size_t bytes = 0;
    for (size_t i = 0; i < result->message_count; i++) {
        struct cw_store_message *message = &result->messages[i];
        if (!is_file(message))
            continue;
        make_list(message, lists);
        message->sample_rate = CW_AUDIO_RATE;
        bytes += message->body.n;
        if (bytes < CW_PAGE_LISTS_BYTES_MAX || i + 1 == result->message_count)
            continue;
        result->message_count = i + 1;
        result->scanned_to = message->message_id;
        result->more = true;
    }
}
