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

static void say_kept_damaged(struct cw_chat *chat, const char *name)
{
    char text[STATE_STRING_MAX + 200];
    snprintf(text, sizeof text,
             "What was kept here is damaged: drafts, and what was not sent yet, are lost. The file "
             "is kept as %s.chat.damaged",
             name);
    tell_kept(chat, text);
}

static void say_unreadable(struct cw_chat *chat)
{
    char text[200];
    snprintf(text, sizeof text, "cannot read drafts and what was not sent yet: %s",
             strerror(errno));
    tell_kept(chat, text);
}

void chat_kept_load(struct chat_kept *kept, const struct session *session, struct cw_chat *chat)
{
    char *text = NULL;
    *kept = (struct chat_kept){.server = session->server, .name = session->account.name};
    snprintf(kept->session, sizeof kept->session, "%016" PRIx64,
             sealed_sum(session->account.token, strlen(session->account.token)));
    chat->part = new_part();
    enum state_found found = state_load_chat(kept->server, kept->name, &text);
    if (text != NULL && !cw_kept_read(chat, kept->session, text)) {
        state_put_chat_aside(kept->server, kept->name);
        found = STATE_DAMAGED;
    }
    free(text);
    if (found == STATE_DAMAGED)
        say_kept_damaged(chat, kept->name);
    else if (found == STATE_UNREADABLE)
        say_unreadable(chat);
    cw_chat_say_kept(chat);
}

void chat_kept_note(struct chat_kept *kept, const struct cw_chat *chat)
{
    if (kept->due_ms == 0)
        kept->due_ms = chat->now_ms + DELAY_MS;
}

bool chat_kept_save(struct chat_kept *kept, struct cw_chat *chat)
{
    struct cw_buf text = {0};
    char notice[200];
    kept->due_ms = 0;
    cw_kept_write(chat, kept->session, &text);
    uint64_t sum = sealed_sum((const char *)text.p, text.n);
    bool written =
        sum == kept->sum || state_save_chat(kept->server, kept->name, (const char *)text.p);
    bool said = !written && !kept->failed;
    if (said) {
        snprintf(notice, sizeof notice,
                 "cannot keep drafts and what is not sent: %s. They are lost when this ends.",
                 strerror(errno));
        tell_kept(chat, notice);
    }
    kept->failed = !written;
    kept->sum = written ? sum : kept->sum;
    cw_buf_finish(&text);
    return said;
}
