/* chat_asks.c - see chat_asks.h. */
#include "chat_asks.h"

#include "base/limits.h"
#include "chat/answers.h"

/* Of a picture, where the line has no room for more at the moment. */
#define PIECE_MIN 4096

static struct chinwag_page long_page(const struct cw_ask *ask)
{
    struct chinwag_page page = ask->page;
    page.limit = CW_LIST_MAX;
    return page;
}

static int64_t fetch_piece(chinwag_client *client, const struct cw_ask *ask)
{
    size_t room = chinwag_piece_room(client);
    return chinwag_fetch_file(client, ask->seq, ask->page.after, room == 0 ? PIECE_MIN : room);
}

/* The number of the request, or a code below 0; 0: it is none. */
static int64_t request_of(chinwag_client *client, const struct cw_ask *ask)
{
    const struct chinwag_page all = long_page(ask);
    switch (ask->kind) {
    case CW_ASK_CONVERSATIONS:
        return chinwag_conversations(client, &all);
    case CW_ASK_HISTORY:
        return chinwag_history(client, ask->place, &ask->page);
    case CW_ASK_MEMBERS:
        return chinwag_members(client, ask->place + 1, &all);
    case CW_ASK_SAY:
        return chinwag_say(client, ask->place, ask->seq, ask->text, ask->length,
                           (struct chinwag_number){ask->part, ask->n});
    case CW_ASK_EDIT:
        return chinwag_edit(client, ask->place, ask->seq, ask->text, ask->length);
    case CW_ASK_DELETE:
        return chinwag_delete(client, ask->place, ask->seq);
    case CW_ASK_REACT:
        return chinwag_react(client, ask->place, ask->seq, ask->text);
    case CW_ASK_UNREACT:
        return chinwag_unreact(client, ask->place, ask->seq, ask->text);
    case CW_ASK_SEARCH:
        return chinwag_search(client, ask->text, NULL, &ask->page);
    case CW_ASK_PIECE:
        return fetch_piece(client, ask);
    case CW_ASK_READ:
        return chinwag_mark_read(client, ask->place, ask->seq);
    case CW_ASK_TYPING:
        return chinwag_typing(client, ask->place);
    default:
        return 0;
    }
}

bool chat_ask_server(struct cw_chat *chat, chinwag_client *client, struct cw_ask *ask)
{
    int64_t request = request_of(client, ask);
    if (request > 0) {
        cw_chat_asked(chat, ask, request);
        return true;
    }
    if (request < 0)
        cw_chat_not_sent(chat, ask, chinwag_code_text((int)request));
    if (request < 0 || ask->kind == CW_ASK_TYPING)
        cw_ask_finish(ask);
    return request < 0 || ask->kind == CW_ASK_TYPING;
}
