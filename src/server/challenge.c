/* challenge.c - see challenge.h. */
#include "server/challenge.h"

#include <unistd.h>

#include "base/limits.h"
#include "server/small_file.h"

bool cw_challenge_read(void *folder, struct cw_slice token, struct cw_buf *to)
{
    static const struct cw_small_file_rule rule = {.max = CW_ACME_ANSWER_MAX, .no_link = true};
    char name[CW_ACME_TOKEN_MAX + 1];
    if (token.n > CW_ACME_TOKEN_MAX)
        return false;
    memcpy(name, token.p, token.n);
    name[token.n] = 0;
    int at = cw_small_file_folder(folder);
    if (at < 0)
        return false;
    bool good = cw_small_file_read(at, name, &rule, to) == CW_SMALL_FILE_READ;
    close(at);
    return good;
}
