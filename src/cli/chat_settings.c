/* chat_settings.c - see chat_settings.h. */
#include "chat_settings.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "screen/settings.h"
#include "state_path.h"

/* A file of settings that somebody has written is not longer. */
#define SETTINGS_MAX 65536

/* False: there is no home. */
static bool find_settings(char path[PATH_MAX])
{
    const char *config = state_path_absolute("XDG_CONFIG_HOME");
    const char *home = state_path_absolute("HOME");
    if (config == NULL && home == NULL)
        return false;
    return snprintf(path, PATH_MAX, "%s%s/chinwag/chat.conf", config != NULL ? config : home,
                    config != NULL ? "" : "/.config") < PATH_MAX;
}

static bool take_settings(struct cw_screen *screen, FILE *file, const char *path)
{
    static char text[SETTINGS_MAX + 1];
    char wrong[CW_SETTINGS_WRONG_MAX];
    unsigned line = 0;
    size_t n = fread(text, 1, sizeof text, file);
    if (ferror(file) || n > SETTINGS_MAX) {
        fprintf(stderr, "chinwag: cannot read %s: %s\n", path,
                n > SETTINGS_MAX ? "it is too long" : strerror(errno));
        return false;
    }
    if (cw_settings_read(screen, cw_slice_of(text, n), &line, wrong))
        return true;
    fprintf(stderr, "chinwag: %s:%u: %s\n", path, line, wrong);
    return false;
}

bool chat_settings_load(struct cw_screen *screen)
{
    char path[PATH_MAX];
    if (!find_settings(path))
        return true;
    FILE *file = fopen(path, "re");
    if (file == NULL && errno == ENOENT)
        return true;
    if (file == NULL) {
        fprintf(stderr, "chinwag: cannot read %s: %s\n", path, strerror(errno));
        return false;
    }
    bool good = take_settings(screen, file, path);
    fclose(file);
    return good;
}
