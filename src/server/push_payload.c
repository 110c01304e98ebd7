/* push_payload.c - see push_payload.h. docs/protocol.md ("Push messages") has the form. */
#include "server/push_payload.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "text/url.h"

#define TOPIC_N 12 /* bytes of a hash */
/* Of the signed statement: services refuse more than 24 h. */
#define CLAIMS_S (12 * 3600)

/* Tells nobody but this server which conversation it is. */
static void hash_about(const struct cw_push_item *item, const struct cw_vapid_key *key,
                       uint8_t hash[TOPIC_N])
{
    uint8_t whole[crypto_generichash_BYTES];
    crypto_generichash(whole, sizeof whole, (const uint8_t *)item->about, sizeof item->about,
                       key->secret, sizeof key->secret);
    memcpy(hash, whole, TOPIC_N);
}

/* What a double of JavaScript holds. */
static json_int_t opaque_number(const uint8_t hash[TOPIC_N])
{
    json_int_t number = 0;
    for (int i = 0; i < 6; i++)
        number = number << 8 | hash[i];
    return number;
}

static json_t *text_of(struct cw_slice text)
{
    return json_stringn((const char *)text.p, text.n);
}

/* The caller frees it with free. */
static char *say(const struct cw_push_item *item, const struct cw_vapid_key *key, bool with_text)
{
    static const char *const kinds[] = {[CW_KIND_VOICE] = "voice", [CW_KIND_CALL] = "call"};
    uint8_t hash[TOPIC_N];
    hash_about(item, key, hash);
    json_t *said = json_object();
    json_object_set_new(said, "new", json_integer(opaque_number(hash)));
    if (with_text) {
        json_object_set_new(said, "session", json_integer((json_int_t)item->about[0]));
        json_object_set_new(said, "from", text_of(item->sender));
        if (item->group.n != 0)
            json_object_set_new(said, "group", text_of(item->group));
        if (item->kind == CW_KIND_TEXT)
            json_object_set_new(said, "text", text_of(item->text));
        else
            json_object_set_new(said, "kind", json_string(kinds[item->kind]));
    }
    char *text = json_dumps(said, JSON_COMPACT);
    json_decref(said);
    return text;
}

bool cw_push_put_body(const struct cw_push_item *item, const struct cw_vapid_key *key,
                      struct cw_buf *body)
{
    struct cw_push_peer peer;
    struct cw_push_random random;
    char *said = say(item, key, item->with_text);
    if (said == NULL || strlen(said) >= CW_PUSH_PADDED_N) { /* of characters that JSON escapes */
        free(said);
        said = say(item, key, false);
    }
    memcpy(peer.point, item->keys, sizeof peer.point);
    memcpy(peer.auth, item->keys + sizeof peer.point, sizeof peer.auth);
    randombytes_buf(&random, sizeof random);
    bool sealed =
        said != NULL && cw_push_seal(&peer, &random, cw_slice_str(said), CW_PUSH_PADDED_N, body);
    sodium_memzero(&random, sizeof random);
    free(said);
    return sealed;
}

void cw_push_put_headers(const struct cw_push_item *item, const struct cw_vapid_key *key,
                         const char *subject, uint64_t now_s, struct cw_buf *lines)
{
    char audience[sizeof "https://:65535" + CW_URL_HOST_MAX + 2], text[120];
    uint8_t hash[TOPIC_N];
    struct cw_url url;
    cw_url_read(item->endpoint, &url);
    snprintf(audience, sizeof audience, "https://%.*s", (int)url.place.n,
             (const char *)url.place.p);
    const struct cw_vapid_claims claims = {
        .audience = audience, .subject = subject, .expires_s = now_s + CLAIMS_S};
    snprintf(text, sizeof text, "TTL: %u\r\nUrgency: %s\r\nTopic: ", CW_PUSH_TTL_S,
             item->urgent ? "high" : "normal");
    cw_buf_append_str(lines, text);
    hash_about(item, key, hash);
    cw_push_put_base64url(cw_slice_of(hash, sizeof hash), lines);
    cw_buf_append_str(lines, "\r\nContent-Type: application/octet-stream\r\n"
                             "Content-Encoding: aes128gcm\r\nAuthorization: ");
    cw_vapid_put(key, &claims, lines);
    cw_buf_append_str(lines, "\r\n");
}
