/* rules_profile.h - decisions about profiles and directories that all back ends share.
 *
 * Private to src/store, as rules.h. */
#ifndef CW_STORE_RULES_PROFILE_H
#define CW_STORE_RULES_PROFILE_H

#include "base/buf.h"
#include "store/rules.h"

/* Changes the profile as the request says. `file` is that of request.file_id, or NULL: there is
 * none. EXISTS: it was so; NO_FILE: the file may be no avatar. The texts are the request's. */
enum cw_store_status cw_store_change_profile(const struct cw_store_request *request,
                                             const struct cw_store_file *file,
                                             struct cw_store_profile *profile);
/* What the asker of PROFILE_READ is not told: a status that has ended, when a hidden user was
 * seen. */
void cw_store_censor_profile(const struct cw_store_request *request,
                             struct cw_store_profile *profile);

/* Does a SEARCH ask for anything: words, or a filter? */
static inline bool cw_store_asks_search(const struct cw_store_request *request, bool words)
{
    return words || request->other_id != 0 || request->has != 0 || request->from_ms != 0 ||
           request->until_ms != 0;
}

/* Is each word of the query, made by cw_words_query, in one of these texts? An empty query is in
 * all. */
bool cw_store_is_listed(struct cw_slice terms, struct cw_slice name, struct cw_slice more,
                        struct cw_buf *tokens);

#endif
