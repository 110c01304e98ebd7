/* state_chat.c - see state_chat.h. */
#include "state_chat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "sealed_file.h"
#include "state_path.h"

#define SUFFIX ".chat"
/* More than all that can wait to be sent, drafts and conversations beside it. */
#define CHAT_FILE_MAX (16 * 1024 * 1024)

void state_chat_path(struct state_path *path, const char *server, const char *name)
{
    state_path_of_account(path, server, name, SUFFIX);
}

bool state_put_chat_aside(const char *server, const char *name, const char *suffix)
{
    struct state_path path, aside;
    state_chat_path(&path, server, name);
    aside = path;
    state_path_add(&aside, suffix);
    return state_path_is_good(&aside) && rename(path.text, aside.text) == 0;
}

/* NULL: there is no memory, or the file is longer than any that is written; errno says so. */
static char *room_for_file(const char *path, size_t *size)
{
    struct stat file = {.st_size = 0};
    stat(path, &file);
    *size = (size_t)file.st_size + 2;
    errno = EFBIG;
    return file.st_size > CHAT_FILE_MAX ? NULL : malloc(*size);
}

enum state_found state_load_chat(const char *server, const char *name, char **text)
{
    struct state_path path;
    enum state_found found = STATE_UNREADABLE;
    size_t size;
    bool sum = false;
    *text = NULL;
    state_chat_path(&path, server, name);
    char *room = state_path_is_good(&path) ? room_for_file(path.text, &size) : NULL;
    if (room == NULL)
        return STATE_UNREADABLE;
    enum sealed sealed = sealed_read(path.text, room, size, &sum);
    if (sealed == SEALED_NONE)
        found = STATE_NONE;
    else if (sealed == SEALED_DAMAGED || (sealed == SEALED_GOOD && !sum))
        found = STATE_DAMAGED;
    else if (sealed == SEALED_GOOD)
        found = STATE_GOOD;
    if (found == STATE_GOOD)
        *text = room;
    else
        free(room);
    return found;
}
