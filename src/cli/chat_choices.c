/* chat_choices.c - see chat_choices.h. */
#include "chat_choices.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sealed_file.h"

#define FILE_NAME "chat_choices"
/* With its checksum, and lines of a later version. */
#define TEXT_MAX 4096

static void find_choices(struct state_path *path)
{
    state_path_begin(path);
    state_path_add(path, FILE_NAME);
}

void chat_choices_open(struct chat_choices *choices, struct chat_keeper *keeper)
{
    struct state_path path;
    find_choices(&path);
    *choices = (struct chat_choices){.file = chat_keeper_open(keeper, &path, true)};
}

void chat_choices_load(struct chat_choices *choices, struct cw_screen *screen)
{
    char text[TEXT_MAX], notice[200];
    struct state_path path;
    bool sum = false;
    find_choices(&path);
    enum sealed found =
        state_path_is_good(&path) ? sealed_read(path.text, text, sizeof text, &sum) : SEALED_NONE;
    if (found == SEALED_GOOD && (!sum || !cw_choices_read(screen, text)))
        found = SEALED_DAMAGED;
    if (found == SEALED_DAMAGED || found == SEALED_UNREADABLE) {
        snprintf(notice, sizeof notice, "the theme, mouse and devices that you had chosen: %s",
                 found == SEALED_DAMAGED ? "the file " FILE_NAME " is damaged" : strerror(errno));
        cw_chat_notice(screen->chat, NULL, notice);
    }
    cw_choices_write(screen, choices->before);
}

void chat_choices_put(struct chat_choices *choices, const struct cw_screen *screen)
{
    char text[CW_CHOICES_MAX];
    cw_choices_write(screen, text);
    if (strcmp(text, choices->before) == 0)
        return;
    memcpy(choices->before, text, sizeof text);
    chat_keeper_put(choices->file, text);
}

void chat_choices_close(struct chat_choices *choices)
{
    chat_keeper_close(choices->file);
}
