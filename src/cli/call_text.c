/* call_text.c - see call_text.h. */
#include "call_text.h"

#include <stdio.h>
#include <time.h>

#include "output_list.h"

#define ASK_US    2000000
#define GROUP_MAX 128
#define PAGE      50

void call_text_ask(struct call_text *text, chinwag_client *client, const char *call, int64_t now_us)
{
    char conversation[GROUP_MAX];
    const struct chinwag_page page = {.after = text->last, .limit = text->known ? PAGE : 1};
    if (text->request != 0 || (text->asked_us != 0 && now_us - text->asked_us < ASK_US))
        return;
    text->asked_us = now_us;
    bool person = call[0] == '@';
    snprintf(conversation, sizeof conversation, "%s%s", person ? "" : "#", call + person);
    text->request = chinwag_history(client, conversation, &page); /* after 0: the newest */
    if (text->request < 0)
        text->request = 0;
}

void call_text_take(struct call_text *text, const struct chinwag_event *answer, const char *me,
                    struct terminal *terminal)
{
    if (text->request == 0 || answer->request != text->request)
        return;
    text->request = 0;
    if (answer->code != CHINWAG_SUCCESS)
        return;
    for (size_t i = 0; i < answer->entry_count; i++) {
        if (answer->entries[i].seq <= text->last)
            continue;
        text->last = answer->entries[i].seq;
        if (!text->known)
            continue;
        terminal_wipe(terminal);
        output_message_entry(stderr, &answer->entries[i], me, (int64_t)time(NULL));
    }
    text->known = true;
}
