/* chat_position.c - see chat_position.h. */
#include "chat_position.h"

#include <stdio.h>
#include <string.h>

void chat_position_open(struct chat_position *position, struct chat_keeper *keeper,
                        const struct session *session)
{
    struct state_path path;
    state_position_path(&path, session->server, session->account.name);
    *position = (struct chat_position){.file = chat_keeper_open(keeper, &path, true)};
}

void chat_position_close(struct chat_position *position)
{
    chat_keeper_close(position->file);
}

void chat_position_put(const struct chat_position *position, struct listening *stream)
{
    char text[STATE_POSITION_TEXT];
    if (stream->unsaved == 0)
        return;
    stream->unsaved = 0;
    state_position_text(&stream->session.position, text);
    chat_keeper_put(position->file, text);
}

bool chat_position_look(struct chat_position *position, struct cw_chat *chat, const char *server)
{
    char text[STATE_STRING_MAX + 200];
    int error;
    uint64_t before = position->done;
    position->done = chat_keeper_done(position->file, &error);
    if (position->done == before)
        return false;
    bool said = error != 0 && !position->failed;
    position->failed = error != 0;
    if (!said)
        return false;
    snprintf(text, sizeof text, "%s%scannot save up to where you have received: %s",
             server == NULL ? "" : server, server == NULL ? "" : ": ", strerror(error));
    cw_chat_notice(chat, NULL, text);
    return true;
}
