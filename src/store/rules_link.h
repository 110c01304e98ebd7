/* rules_link.h - decisions about links to files, and about thumbnails, that all back ends share.
 * Like rules.h, private to src/store. */
#ifndef CW_STORE_RULES_LINK_H
#define CW_STORE_RULES_LINK_H

#include "store/store_backend.h"

/* May this become the thumbnail of the file (NULL: there is none)? As THUMBNAIL_SET. */
enum cw_store_status cw_store_may_set_thumbnail(const struct cw_store_request *request,
                                                const struct cw_store_file *file);
/* FILE_LINK and FILE_LINKED (rules_link.c). The file is the one that the request names; NULL: there
 * is none. */
enum cw_store_status cw_store_may_link(struct cw_store *store,
                                       const struct cw_store_request *request,
                                       const struct cw_store_file *file);
enum cw_store_status cw_store_link_status(struct cw_store *store,
                                          const uint8_t key[CW_FILE_LINK_KEY_N],
                                          const struct cw_store_request *request,
                                          const struct cw_store_file *file);
/* Signs the text of a link: HMAC with SHA-256. */
void cw_store_sign_link(const uint8_t key[CW_FILE_LINK_KEY_N], struct cw_slice text,
                        uint8_t mac[CW_FILE_LINK_MAC_N]);

#endif
