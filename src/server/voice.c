/* voice.c - see voice.h. */
#include "server/voice.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "net/datagrams.h"
#include "server/log.h"

#define SECRET_TEXT (sodium_base64_ENCODED_LEN(CW_DATAGRAM_SECRET_N, VARIANT))
#define VARIANT     sodium_base64_VARIANT_URLSAFE_NO_PADDING
/* How often it is computed how much of a speaker's audio the listeners lose. */
#define HEARD_MS 500

struct spoken {
    uint64_t id; /* of its datagrams, as its bytes are read here */
    cw_net_id conn;
    struct cw_voice_path path;
    uint64_t heard_ms; /* when path.heard_permille was computed */
    size_t position;   /* in `all` */
    struct cw_account *account;
};

struct cw_voice {
    uv_loop_t *loop;
    struct cw_net *net;
    struct cw_datagrams *datagrams;
    cw_voice_handler *came;
    void *context;
    char at[CW_HOST_NAME_MAX + 8];
    char secret[SECRET_TEXT];
    uint8_t random[CW_VOICE_NONCE_N]; /* of the next challenge */
    struct cw_map by_id, by_conn;     /* of struct spoken */
    struct spoken **all;
    size_t count, capacity;
};

static void free_spoken(struct spoken *spoken)
{
    cw_account_give(spoken->account, cw_account_size(sizeof *spoken));
    cw_account_release(spoken->account);
    cw_voice_path_finish(&spoken->path);
    free(spoken);
}

/* --- what comes ----------------------------------------------------------------------------- */

static void on_datagram(void *context, struct cw_slice datagram, const struct cw_voice_place *from)
{
    struct cw_voice *voice = context;
    struct cw_voice_came came;
    uint64_t id;
    const uint8_t *bytes = cw_datagram_id(datagram);
    if (bytes == NULL)
        return;
    memcpy(&id, bytes, sizeof id);
    struct spoken *spoken = cw_map_get(&voice->by_id, cw_map_id(&id));
    if (spoken == NULL)
        return;
    if (!cw_voice_path_take(&spoken->path, datagram, from, voice->random, uv_now(voice->loop),
                            &came))
        return;
    if (came.challenged)
        randombytes_buf(voice->random, sizeof voice->random);
    if (came.reply_n != 0) {
        memcpy(cw_datagrams_room(voice->datagrams), came.reply, came.reply_n);
        cw_datagrams_add(voice->datagrams, from, came.reply_n);
    }
    const cw_net_id conn = spoken->conn; /* what is said may end it */
    for (size_t i = 0; i < came.packet_count; i++)
        voice->came(voice->context, conn, came.packets[i], i + 1 < came.packet_count);
}

/* --- paths ---------------------------------------------------------------------------------- */

struct cw_voice *cw_voice_create(uv_loop_t *loop, struct cw_net *net, const char *at,
                                 cw_voice_handler *came, void *context)
{
    struct cw_voice *voice = cw_alloc_zero(sizeof *voice);
    uint64_t seed[2];
    randombytes_buf(seed, sizeof seed);
    randombytes_buf(voice->random, sizeof voice->random);
    voice->loop = loop;
    voice->net = net;
    voice->came = came;
    voice->context = context;
    snprintf(voice->at, sizeof voice->at, "%s", at);
    voice->datagrams = cw_datagrams_create(loop, on_datagram, voice);
    cw_map_init(&voice->by_id, seed);
    cw_map_init(&voice->by_conn, seed);
    return voice;
}

void cw_voice_destroy(struct cw_voice *voice)
{
    if (voice == NULL)
        return;
    for (size_t i = 0; i < voice->count; i++)
        free_spoken(voice->all[i]);
    cw_map_finish(&voice->by_id);
    cw_map_finish(&voice->by_conn);
    cw_datagrams_destroy(voice->datagrams);
    sodium_memzero(voice->secret, sizeof voice->secret);
    free(voice->all);
    free(voice);
}

void cw_voice_listen(struct cw_voice *voice, const char *address)
{
    char error[256];
    if (!cw_datagrams_listen(voice->datagrams, address, error))
        cw_log("%s; calls use the connections", error);
}

void cw_voice_end(struct cw_voice *voice, cw_net_id conn)
{
    struct spoken *spoken = cw_map_remove(&voice->by_conn, cw_map_id(&conn));
    if (spoken == NULL)
        return;
    cw_map_remove(&voice->by_id, cw_map_id(&spoken->id));
    struct spoken *last = voice->all[--voice->count];
    voice->all[spoken->position] = last;
    last->position = spoken->position;
    free_spoken(spoken);
}

static struct spoken *add(struct cw_voice *voice, cw_net_id conn, struct cw_account *account)
{
    uint8_t secret[CW_DATAGRAM_SECRET_N];
    struct spoken *spoken = cw_alloc_zero(sizeof *spoken);
    spoken->conn = conn;
    spoken->account = cw_account_refer(account);
    cw_account_charge(account, cw_account_size(sizeof *spoken));
    do {
        randombytes_buf(secret, sizeof secret);
        memcpy(&spoken->id, secret, sizeof spoken->id);
    } while (cw_map_get(&voice->by_id, cw_map_id(&spoken->id)) != NULL);
    cw_voice_path_begin(&spoken->path, secret);
    sodium_bin2base64(voice->secret, sizeof voice->secret, secret, sizeof secret, VARIANT);
    sodium_memzero(secret, sizeof secret);
    cw_map_put(&voice->by_id, cw_map_id(&spoken->id), spoken);
    cw_map_put(&voice->by_conn, cw_map_id(&spoken->conn), spoken);
    if (voice->count == voice->capacity) {
        voice->capacity = voice->capacity * 2 + 8;
        voice->all = cw_realloc(voice->all, voice->capacity * sizeof *voice->all);
    }
    spoken->position = voice->count;
    voice->all[voice->count++] = spoken;
    return spoken;
}

void cw_voice_offer(struct cw_voice *voice, cw_net_id conn, struct cw_extras *extras)
{
    struct cw_account *account = cw_net_account(voice->net, conn);
    cw_voice_end(voice, conn);
    if (account == NULL || !cw_datagrams_listens(voice->datagrams) ||
        cw_account_shortage(account, cw_account_size(sizeof(struct spoken))) !=
            CW_SHORT_OF_NOTHING) {
        extras->present &= ~(CW_BIT(CW_X_UDP) | CW_BIT(CW_X_UDP_KEY));
        return;
    }
    add(voice, conn, account);
    extras->udp = cw_slice_str(voice->at);
    extras->udp_key = cw_slice_str(voice->secret);
}

size_t cw_voice_live(const struct cw_voice *voice)
{
    size_t live = 0;
    for (size_t i = 0; i < voice->count; i++)
        live += cw_voice_path_is_live(&voice->all[i]->path, uv_now(voice->loop));
    return live;
}

/* --- what leaves ---------------------------------------------------------------------------- */

/* The middle one of what the listeners lose, and what is lost before the server: it tells the
 * speaker how much to protect. One listener who lies changes little; by a connection nothing is
 * lost. */
static void note_heard(struct cw_voice *voice, cw_net_id conn, unsigned *lost, size_t n)
{
    struct spoken *speaker = cw_map_get(&voice->by_conn, cw_map_id(&conn));
    uint64_t now_ms = uv_now(voice->loop);
    if (speaker == NULL || now_ms - speaker->heard_ms < HEARD_MS)
        return;
    speaker->heard_ms = now_ms;
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && lost[j] < lost[j - 1]; j--) {
            unsigned other = lost[j];
            lost[j] = lost[j - 1];
            lost[j - 1] = other;
        }
    speaker->path.heard_permille = n == 0 ? 0 : lost[(n - 1) / 2];
}

static void send_datagram(struct cw_voice *voice, struct spoken *spoken, struct cw_slice audio)
{
    uint8_t *room = cw_datagrams_room(voice->datagrams);
    size_t n = cw_voice_path_seal(&spoken->path, audio, room);
    cw_datagrams_add(voice->datagrams, &spoken->path.place, n);
}

/* As voice_link.c reads it. */
static struct cw_slice write_audio(const struct cw_msg *msg, uint8_t audio[])
{
    struct cw_slice name = msg->sender, packet = msg->samples.payload;
    assert(name.n <= CW_NAME_MAX && packet.n <= CW_CALL_PACKET_MAX);
    audio[0] = (uint8_t)(name.n | (msg->samples.again ? CW_VOICE_AGAIN : 0));
    memcpy(audio + 1, name.p, name.n);
    memcpy(audio + 1 + name.n, packet.p, packet.n);
    return cw_slice_of(audio, 1 + name.n + packet.n);
}

size_t cw_voice_forward(struct cw_voice *voice, const struct cw_effect *audio, cw_conn_id *left)
{
    uint8_t content[CW_DATAGRAM_CONTENT_MAX];
    unsigned lost[CW_CALL_MEMBERS_LIMIT];
    size_t left_count = 0, lost_count = 0;
    struct cw_slice bytes = write_audio(&audio->send.msg, content);
    for (size_t i = 0; i < audio->send.extended_count; i++) {
        cw_conn_id conn = audio->send.extended[i];
        struct spoken *spoken =
            voice->count == 0 ? NULL : cw_map_get(&voice->by_conn, cw_map_id(&conn));
        if (spoken == NULL || !cw_voice_path_is_live(&spoken->path, uv_now(voice->loop))) {
            left[left_count++] = conn;
            spoken = NULL;
        }
        if (lost_count < CW_CALL_MEMBERS_LIMIT)
            lost[lost_count++] = spoken == NULL ? 0 : cw_voice_path_lost_permille(&spoken->path);
        if (spoken != NULL)
            send_datagram(voice, spoken, bytes);
    }
    note_heard(voice, audio->send.speaker, lost, lost_count);
    return left_count;
}

void cw_voice_flush(struct cw_voice *voice)
{
    cw_datagrams_flush(voice->datagrams);
}
