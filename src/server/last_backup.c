/* last_backup.c - see last_backup.h. */
#include "server/last_backup.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "server/small_file.h"

#define DIGITS_MAX 19

bool cw_last_backup(const char *data, int64_t *ended_s)
{
    const struct cw_small_file_rule rule = {.max = DIGITS_MAX + 1, .no_link = true};
    struct cw_buf text = {0};
    int folder = cw_small_file_folder(data);
    bool good = folder >= 0 &&
                cw_small_file_read(folder, CW_LAST_BACKUP_FILE, &rule, &text) == CW_SMALL_FILE_READ;
    good = good && text.n >= 2 && text.p[text.n - 1] == '\n';
    *ended_s = 0;
    for (size_t i = 0; good && i + 1 < text.n && i < DIGITS_MAX - 1; i++) {
        good = text.p[i] >= '0' && text.p[i] <= '9';
        *ended_s = *ended_s * 10 + (text.p[i] - '0');
    }
    if (folder >= 0)
        close(folder);
    cw_buf_finish(&text);
    return good;
}

void cw_last_backup_note(const char *data, int64_t ended_s)
{
    char text[DIGITS_MAX + 2];
    int n = snprintf(text, sizeof text, "%" PRId64 "\n", ended_s);
    int folder = cw_small_file_folder(data);
    if (folder >= 0 && cw_small_file_lock(folder))
        cw_small_file_write(folder, CW_LAST_BACKUP_FILE, 0600, true,
                            cw_slice_of((const uint8_t *)text, (size_t)n));
    if (folder >= 0)
        close(folder);
}
