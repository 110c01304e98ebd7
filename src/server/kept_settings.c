/* kept_settings.c - see kept_settings.h. A line is "key = value", as in the config file. */
#include "server/kept_settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/limits.h"
#include "server/config.h"
#include "server/small_file.h"
#include "store/blob.h"

static const char remark[] =
    "# Written by the server: what administrators have set while it ran (chinwagctl set).\n";

bool cw_kept_settings_load(const char *data, struct cw_buf *text, char error[256])
{
    static const struct cw_small_file_rule rule = {
        .max = CW_CONFIG_FILE_MAX, .forbidden = 0022, .no_link = true};
    int folder = cw_small_file_folder(data);
    if (folder < 0)
        return true; /* the folder is made later */
    enum cw_small_file found = cw_small_file_read(folder, CW_KEPT_SETTINGS_FILE, &rule, text);
    if (found == CW_SMALL_FILE_REFUSED)
        cw_small_file_say(data, CW_KEPT_SETTINGS_FILE, &rule, error);
    close(folder);
    return found != CW_SMALL_FILE_REFUSED;
}

static void note_start(void *context, const char *key, bool at_start)
{
    const char **needs_start = context;
    if (at_start)
        *needs_start = key;
}

void cw_kept_settings_folder(const struct cw_config *config, char path[CW_KEPT_SETTINGS_PATH])
{
    snprintf(path, CW_KEPT_SETTINGS_PATH, "%s%s", config->data,
             config->store[0] == '\0' ? "" : "/" CW_BLOB_FOLDER);
}

static bool read_from(struct cw_config *config, const char *folder, char error[256])
{
    struct cw_buf text = {0};
    bool good = cw_kept_settings_load(folder, &text, error) &&
                cw_config_parse(config, cw_buf_slice(&text), CW_KEPT_SETTINGS_FILE, error);
    cw_buf_finish(&text);
    return good;
}

/* Over *config; nothing in it may need a start. */
static bool read_live(struct cw_config *config, const char *folder, char error[256])
{
    const char *needs_start = NULL;
    struct cw_config before = *config;
    if (!read_from(config, folder, error))
        return false;
    cw_config_compare(&before, config, note_start, &needs_start);
    if (needs_start == NULL)
        return true;
    snprintf(error, 256, "%.120s/" CW_KEPT_SETTINGS_FILE ": %s belongs into the config file",
             folder, needs_start);
    return false;
}

bool cw_kept_settings_read(struct cw_config *config, char error[256])
{
    char data[CW_KEPT_SETTINGS_PATH], shared[CW_KEPT_SETTINGS_PATH];
    snprintf(data, sizeof data, "%s", config->data); /* whatever the file says */
    cw_kept_settings_folder(config, shared);
    return read_live(config, data, error) &&
           (strcmp(shared, data) == 0 || read_live(config, shared, error));
}

/* The next line with its end, which is taken out of the text. */
static struct cw_slice next_line(struct cw_slice *text)
{
    const uint8_t *end = text->n == 0 ? NULL : memchr(text->p, '\n', text->n);
    size_t n = end == NULL ? text->n : (size_t)(end - text->p) + 1;
    struct cw_slice line = cw_slice_of(text->p, n);
    *text = cw_slice_of(text->p + n, text->n - n);
    return line;
}

/* People edit the file, too: in all spellings that config_file.c reads. */
static bool is_of_key(struct cw_slice line, const char *key)
{
    size_t n = strlen(key);
    while (line.n != 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
        line = cw_slice_of(line.p + 1, line.n - 1);
    return n != 0 && line.n > n && memcmp(line.p, key, n) == 0 &&
           memchr(" \t=:", line.p[n], 4) != NULL;
}

bool cw_kept_settings_has(struct cw_slice text, const char *key)
{
    while (text.n != 0)
        if (is_of_key(next_line(&text), key))
            return true;
    return false;
}

int cw_kept_settings_lock(const char *data, char error[256])
{
    int folder = cw_small_file_folder(data);
    if (folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) == 0)
        return folder;
    snprintf(error, 256, "cannot write " CW_KEPT_SETTINGS_FILE ": %s",
             errno == EWOULDBLOCK ? "somebody else writes there now: try again" : strerror(errno));
    if (folder >= 0)
        close(folder);
    return -1;
}

bool cw_kept_settings_write(int folder, struct cw_slice text, const char *key, const char *value,
                            char error[256])
{
    struct cw_buf lines = {0};
    if (text.n == 0)
        cw_buf_append_str(&lines, remark);
    while (text.n != 0) {
        struct cw_slice line = next_line(&text);
        if (!is_of_key(line, key))
            cw_buf_append(&lines, line.p, line.n);
    }
    if (value[0] != 0) {
        if (lines.n != 0 && lines.p[lines.n - 1] != '\n')
            cw_buf_append_byte(&lines, '\n');
        cw_buf_append_str(&lines, key);
        cw_buf_append_str(&lines, " = ");
        cw_buf_append_str(&lines, value);
        cw_buf_append_byte(&lines, '\n');
    }
    bool written =
        cw_small_file_write(folder, CW_KEPT_SETTINGS_FILE, 0600, true, cw_buf_slice(&lines));
    if (!written)
        snprintf(error, 256, "cannot write " CW_KEPT_SETTINGS_FILE ": %s", strerror(errno));
    cw_buf_finish(&lines);
    return written;
}
