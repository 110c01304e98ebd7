/* setup_link.c - see setup_link.h. A set-up link is an invitation that the server itself has made:
 * it is for one person, and good for a week. */
#include "server/setup_link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/calendar.h"
#include "server/curve_key.h"
#include "server/hasher.h"
#include "server/log.h"
#include "server/reach.h"
#include "server/small_file.h"
#include "store/store.h"

bool cw_setup_link_make(struct cw_store *store, char code[CW_SETUP_LEN + 1], char error[256])
{
    uint8_t hash[CW_TOKEN_HASH_LEN];
    struct cw_arena arena = {0};
    struct cw_store_result result;
    struct cw_clock clock;
    cw_calendar_read(&clock, store);
    cw_hash_setup(code, hash);
    struct cw_store_request request = {.op = CW_STORE_INVITE_CREATE,
                                       .time_ms = clock.time_ms,
                                       .date_ms = clock.date_ms,
                                       .secret = cw_slice_of(hash, sizeof hash),
                                       .uses = 1};
    request.expires_ms = request.time_ms + (uint64_t)CW_INVITATION_SECONDS * 1000;
    const struct cw_store_request *requests[] = {&request};
    cw_store_execute(store, requests, 1, &result, &arena);
    cw_arena_finish(&arena);
    if (result.status == CW_STORE_OK)
        return true;
    code[0] = 0;
    snprintf(error, 256, "the link for the first administrator could not be stored");
    /* On a full disk it is unknown whether one is needed, and the server must start. */
    return result.status == CW_STORE_FORBIDDEN || result.status == CW_STORE_NO_ROOM;
}

/* The complete commands, for the person who started the server only. */
static void write_commands(const struct cw_config *config, const struct cw_shell *shell,
                           const char *code, char text[1024])
{
    char server[80], key[CW_CURVE_KEY_TEXT];
    const struct cw_listen *listen = cw_config_first_listen(config);
    static const char saying[] =
        "nobody administers this server yet; this link makes an administrator of one user, within "
        "7 days:\n";
    cw_listen_name_here(listen, server);
    if (cw_listen_allows_plaintext(listen)) {
        snprintf(text, 1024,
                 "%s  chinwag --server %s register NAME --setup %s\n"
                 "or, with an account there:\n  chinwag --server %s set-up %s\n"
                 "or, in a browser:\n  http://%s/join#%s\n",
                 saying, server, code, server, code, server, code);
        return;
    }
    cw_reach_public_key(cw_shell_reach(shell), key);
    snprintf(text, 1024,
             "%s  chinwag register NAME --setup 'chinwag://%s/#%s,%s'\n"
             "or, with an account there:\n  chinwag set-up 'chinwag://%s/#%s,%s'\n",
             saying, server, code, key, server, code, key);
}

/* False: errno says why. */
static bool write_file(const char *data, const char *text)
{
    int folder = cw_small_file_folder(data);
    bool written = folder >= 0 && cw_small_file_lock(folder) &&
                   cw_small_file_write(folder, CW_SETUP_LINK_FILE, 0600, true, cw_slice_str(text));
    if (folder >= 0)
        close(folder);
    return written;
}

static void remove_file(const char *data)
{
    int folder = cw_small_file_folder(data);
    if (folder < 0)
        return;
    unlinkat(folder, CW_SETUP_LINK_FILE, 0);
    close(folder);
}

void cw_setup_link_tell(const struct cw_config *config, const struct cw_shell *shell,
                        const char *code)
{
    char text[1024];
    if (code[0] == 0) {
        remove_file(config->data);
        return;
    }
    write_commands(config, shell, code, text);
    fputs(text, stdout);
    if (!write_file(config->data, text))
        cw_log_error("cannot write %.200s/" CW_SETUP_LINK_FILE ": %s", config->data,
                     strerror(errno));
}
