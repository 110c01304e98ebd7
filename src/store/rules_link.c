/* rules_link.c - decisions about links to files, and about thumbnails, that all back ends share. A
 * link is a text that says who may do what with which file until when, and its signature by a key
 * of the store: who has it needs nothing else. So what it says is judged at each use, as a request
 * of the session would be. The text is the core's (core/link.h). */
#include <openssl/evp.h>

#include "store/rules.h"
#include "store/rules_link.h"

void cw_store_sign_link(const uint8_t key[CW_FILE_LINK_KEY_N], struct cw_slice text,
                        uint8_t mac[CW_FILE_LINK_MAC_N])
{
    size_t n;
    if (EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, CW_FILE_LINK_KEY_N, text.p, text.n, mac,
                  CW_FILE_LINK_MAC_N, &n) == NULL)
        abort(); /* no memory */
}

static bool is_signed(const uint8_t key[CW_FILE_LINK_KEY_N], const struct cw_store_request *request)
{
    uint8_t mac[CW_FILE_LINK_MAC_N];
    cw_store_sign_link(key, request->name, mac);
    return cw_slice_eq_secret(cw_slice_of(mac, sizeof mac), request->secret);
}

enum cw_store_status cw_store_may_link(struct cw_store *store,
                                       const struct cw_store_request *request,
                                       const struct cw_store_file *file)
{
    if (file == NULL ||
        !store->backend->facts.session_exists(store, request->session_id, request->user_id))
        return CW_STORE_NOT_FOUND;
    if (request->thumbnail && file->thumbnail == 0)
        return CW_STORE_NOT_FOUND;
    if (request->generation == 0)
        return cw_store_may_fetch(store, request->user_id, file);
    bool writes = cw_store_is_upload(file, request->user_id) && !file->done &&
                  file->generation == request->generation;
    return writes ? CW_STORE_OK : CW_STORE_NOT_FOUND;
}

enum cw_store_status cw_store_link_status(struct cw_store *store,
                                          const uint8_t key[CW_FILE_LINK_KEY_N],
                                          const struct cw_store_request *request,
                                          const struct cw_store_file *file)
{
    bool good = is_signed(key, request) && request->time_ms < request->until_ms;
    return good ? cw_store_may_link(store, request, file) : CW_STORE_NOT_FOUND;
}

enum cw_store_status cw_store_may_set_thumbnail(const struct cw_store_request *request,
                                                const struct cw_store_file *file)
{
    if (file == NULL || !cw_store_is_upload(file, request->user_id))
        return CW_STORE_NOT_FOUND;
    return request->body.n > file->size ? CW_STORE_MISMATCH : CW_STORE_OK;
}
