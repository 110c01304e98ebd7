/* chat_kept.c - see chat_kept.h. */
#include "chat_kept.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "chat/doing.h"
#include "chat/kept.h"
#include "sealed_file.h"
#include "state_chat.h"

/* Drafts and the like are written so long after they have changed, at most. */
#define DELAY_MS 1000

/* Numbers of another program must not be met: a random part (docs/protocol.md, "Retries"). */
static uint64_t new_part(void)
{
    uint64_t part = 0;
    while (part == 0)
        if (getrandom(&part, sizeof part, 0) != sizeof part)
            abort();
    return part;
}

/* Where there is no conversation yet, it is to be seen in the first one, too. */
static void tell_kept(struct cw_chat *chat, const char *text)
{
    cw_chat_notice(chat, NULL, text);
    if (cw_chat_current(chat) == NULL)
        cw_place_set(&chat->greeting, text);
}

/* The file is kept as it is, under another name. False: it cannot be. */
static bool put_aside(const struct chat_kept *kept, struct cw_chat *chat, const char *suffix,
                      const char *wrong)
{
    char text[2 * STATE_STRING_MAX + 300];
    bool aside = state_put_chat_aside(kept->server, kept->name, suffix);
    if (aside)
        snprintf(text, sizeof text,
                 "%s: drafts, and what was not sent yet, are not here. The file is kept as "
                 "%s.chat%s",
                 wrong, kept->name, suffix);
    else
        snprintf(text, sizeof text,
                 "%s, and cannot be put aside (%s): it is left as it is, and drafts and what is "
                 "not sent are lost when this ends",
                 wrong, strerror(errno));
    tell_kept(chat, text);
    return aside;
}

static bool take_kept(struct chat_kept *kept, struct cw_chat *chat)
{
    char wrong[200], *text = NULL;
    enum state_found found = state_load_chat(kept->server, kept->name, &text);
    snprintf(wrong, sizeof wrong, "What was kept here cannot be read (%s)", strerror(errno));
    if (text != NULL && !cw_kept_read(chat, kept->session, text))
        found = STATE_DAMAGED;
    free(text);
    if (found == STATE_DAMAGED)
        return put_aside(kept, chat, ".damaged", "What was kept here is damaged");
    return found != STATE_UNREADABLE || put_aside(kept, chat, ".unreadable", wrong);
}

void chat_kept_load(struct chat_kept *kept, struct chat_keeper *keeper,
                    const struct session *session, struct cw_chat *chat)
{
    struct state_path path;
    *kept = (struct chat_kept){.server = session->server, .name = session->account.name};
    snprintf(kept->session, sizeof kept->session, "%016" PRIx64,
             sealed_sum(session->account.token, strlen(session->account.token)));
    chat->part = new_part();
    state_chat_path(&path, kept->server, kept->name);
    if (take_kept(kept, chat))
        kept->file = chat_keeper_open(keeper, &path, true);
    else
        kept->failed = true;
    cw_chat_say_kept(chat);
}

bool chat_kept_is_done(const struct chat_kept *kept)
{
    return kept->file == NULL || chat_keeper_is_done(kept->file);
}

void chat_kept_wait(struct chat_kept *kept)
{
    int error = 0;
    if (kept->file == NULL)
        return;
    chat_keeper_wait(kept->file, &error);
    kept->failed = error != 0;
}

void chat_kept_close(struct chat_kept *kept)
{
    chat_keeper_close(kept->file);
}

void chat_kept_note(struct chat_kept *kept, const struct cw_chat *chat)
{
    if (kept->due_ms == 0)
        kept->due_ms = chat->now_ms + DELAY_MS;
}

void chat_kept_put(struct chat_kept *kept, const struct cw_chat *chat)
{
    struct cw_buf text = {0};
    kept->due_ms = 0;
    cw_kept_write(chat, kept->session, &text);
    uint64_t sum = sealed_sum((const char *)text.p, text.n);
    if (kept->file != NULL && sum != kept->sum) {
        kept->put = chat_keeper_put(kept->file, (const char *)text.p);
        kept->sum = sum;
    }
    cw_buf_finish(&text);
}

bool chat_kept_look(struct chat_kept *kept, struct cw_chat *chat, const char *server)
{
    char notice[STATE_STRING_MAX + 200];
    int error = 0;
    uint64_t before = kept->done;
    if (kept->file == NULL)
        return false;
    kept->done = chat_keeper_done(kept->file, &error);
    if (kept->done == before)
        return false;
    bool said = error != 0 && !kept->failed;
    if (said) {
        snprintf(notice, sizeof notice,
                 "%s%scannot keep drafts and what is not sent: %s. They are lost when this ends.",
                 server == NULL ? "" : server, server == NULL ? "" : ": ", strerror(error));
        tell_kept(chat, notice);
    }
    kept->failed = error != 0;
    kept->sum = error != 0 ? 0 : kept->sum; /* the next change is another attempt */
    return said;
}
