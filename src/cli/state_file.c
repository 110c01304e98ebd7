/* state_file.c - see state_file.h. */
#include "state_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/utf8.h"
#include "sealed_file.h"
#include "state_path.h"
#include "text/name.h"

#define FIRST_LINE     "chinwag-account 2\n"
#define FIRST_LINE_0_1 "chinwag-account 1\n"
#define POSITION_FORM  " 2\n"
#define ACCOUNT_MAX    ((STATE_OLD_TOKENS + 3) * (STATE_STRING_MAX + 16))

/* The names of two of the three sessions of version 0.1.0; the third, of listen, has the
 * position. */
static const char *const old_names[STATE_OLD_TOKENS] = {"commands", "call"};

/* --- files -------------------------------------------------------------------------- */

static char damaged[PATH_MAX];

const char *state_damaged_path(void)
{
    return damaged;
}

static enum state_found note_damage(const struct state_path *path)
{
    memcpy(damaged, path->text, sizeof damaged);
    errno = EBADMSG;
    return STATE_DAMAGED;
}

static bool state_file_replace(const struct state_path *path, const char *text)
{
    return state_path_make_folders(path) && sealed_write(path->text, text);
}

static enum state_found read_file(const struct state_path *path, char *text, size_t size, bool *sum)
{
    if (!state_path_is_good(path))
        return STATE_UNREADABLE;
    switch (sealed_read(path->text, text, size, sum)) {
    case SEALED_GOOD:
        return STATE_GOOD;
    case SEALED_NONE:
        return STATE_NONE;
    case SEALED_DAMAGED:
        return note_damage(path);
    case SEALED_UNREADABLE:
        break;
    }
    return STATE_UNREADABLE;
}

/* Can the line be a server or a name that a user typed? */
static bool is_sensible(const char *line)
{
    for (const char *c = line; *c != 0; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    return line[0] != 0 && cw_utf8_valid(cw_slice_str(line));
}

/* Reads a file of one line. */
static enum state_found read_line(const struct state_path *path, char line[STATE_STRING_MAX])
{
    bool sum;
    enum state_found found = read_file(path, line, STATE_STRING_MAX, &sum);
    if (found != STATE_GOOD)
        return found;
    char *end = strchr(line, '\n');
    if (end == NULL || end[1] != 0)
        return note_damage(path);
    *end = 0;
    return is_sensible(line) ? STATE_GOOD : note_damage(path);
}

static bool write_line(const struct state_path *path, const char *line)
{
    char text[STATE_STRING_MAX + 1];
    snprintf(text, sizeof text, "%s\n", line);
    return state_file_replace(path, text);
}

/* Forgets the damaged file of the last call, and removes what interrupted writes have left. */
static void begin_loading(const char *server)
{
    struct state_path path;
    damaged[0] = 0;
    state_path_begin(&path);
    if (state_path_is_good(&path))
        sealed_clean(path.text);
    if (server == NULL)
        return;
    state_path_of_server(&path, server);
    if (state_path_is_good(&path))
        sealed_clean(path.text);
}

/* --- accounts ------------------------------------------------------------------------- */

bool state_save_account(const char *server, const struct state_account *account)
{
    char text[ACCOUNT_MAX];
    snprintf(text, sizeof text, FIRST_LINE "name %s\ntoken %s\n", account->name, account->token);
    struct state_path path;
    state_path_of_account(&path, server, account->name, ".account");
    if (!state_file_replace(&path, text))
        return false;
    state_path_of_server(&path, server);
    state_path_add(&path, "last");
    if (!write_line(&path, account->name))
        return false;
    state_path_begin(&path);
    state_path_add(&path, "last-server");
    return write_line(&path, server);
}

/* The value of the line that begins with `key` and a space. */
static bool find_line(const char *text, const char *key, char value[STATE_STRING_MAX])
{
    size_t n = strlen(key);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        size_t length = strcspn(line, "\n");
        if (length <= n + 1 || strncmp(line, key, n) != 0 || line[n] != ' ' ||
            length - n > STATE_STRING_MAX)
            continue;
        memcpy(value, line + n + 1, length - n - 1);
        value[length - n - 1] = 0;
        return true;
    }
    return false;
}

static bool begins_with(const char *text, const char *line)
{
    return strncmp(text, line, strlen(line)) == 0;
}

/* Only 0.1.0 wrote accounts without a checksum. */
static bool parse_account(const char *text, bool sum, struct state_account *account)
{
    *account = (struct state_account){.name = ""};
    bool before = begins_with(text, FIRST_LINE_0_1);
    bool good = (before || (sum && begins_with(text, FIRST_LINE))) &&
                find_line(text, "name", account->name) &&
                find_line(text, before ? "listen" : "token", account->token);
    for (int i = 0; i < STATE_OLD_TOKENS && good && before; i++)
        good = find_line(text, old_names[i], account->old[i]);
    return good && is_sensible(account->name) && is_sensible(account->token);
}

static enum state_found read_account(const struct state_path *path, struct state_account *account)
{
    char text[ACCOUNT_MAX];
    bool sum;
    enum state_found found = read_file(path, text, sizeof text, &sum);
    if (found == STATE_GOOD && !parse_account(text, sum, account))
        found = note_damage(path);
    return found;
}

/* --- finding one -------------------------------------------------------------------------- */

/* Calls `take` for each account of the server until it says true. */
static bool find_account(const char *server, bool (*take)(void *, const struct state_account *),
                         void *context)
{
    struct state_account account;
    struct state_path folder;
    struct dirent *entry;
    char before[PATH_MAX];
    bool taken = false;
    state_path_of_server(&folder, server);
    DIR *entries = state_path_is_good(&folder) ? opendir(folder.text) : NULL;
    memcpy(before, damaged, sizeof before); /* damage of other accounts is not reported */
    while (entries != NULL && !taken && (entry = readdir(entries)) != NULL) {
        const char *suffix = strrchr(entry->d_name, '.');
        struct state_path path = folder;
        state_path_add(&path, entry->d_name);
        taken = suffix != NULL && strcmp(suffix, ".account") == 0 &&
                read_account(&path, &account) == STATE_GOOD && take(context, &account);
    }
    memcpy(damaged, before, sizeof before);
    if (entries != NULL)
        closedir(entries);
    return taken;
}

struct spelling {
    struct cw_name_key wanted;
    char *found;
};

static bool is_called_so(void *context, const struct state_account *account)
{
    struct spelling *spelling = context;
    struct cw_name_key key;
    bool same = cw_name_fold(cw_slice_str(account->name), &key) &&
                cw_slice_eq(cw_name_key_slice(&key), cw_name_key_slice(&spelling->wanted));
    if (same)
        snprintf(spelling->found, STATE_STRING_MAX, "%s", account->name);
    return same;
}

/* Finds the saved account that `name` means in another spelling, as ALICE means alice. */
static bool find_spelling(const char *server, const char *name, char found[STATE_STRING_MAX])
{
    struct spelling spelling = {.found = found};
    return cw_name_fold(cw_slice_str(name), &spelling.wanted) &&
           find_account(server, is_called_so, &spelling);
}

struct only {
    struct state_account *account;
    unsigned count;
};

static bool is_second(void *context, const struct state_account *account)
{
    struct only *only = context;
    *only->account = *account;
    return ++only->count > 1;
}

/* It is unknown which account was the last, which does not matter when there is only one. */
static enum state_found load_only(const char *server, struct state_account *account)
{
    struct only only = {.account = account};
    find_account(server, is_second, &only);
    return only.count == 1 ? STATE_GOOD : STATE_NOBODY;
}

enum state_found state_load_account(const char *server, const char *name,
                                    struct state_account *account)
{
    char last[STATE_STRING_MAX];
    struct state_path path;
    begin_loading(server);
    if (name == NULL) {
        state_path_of_server(&path, server);
        state_path_add(&path, "last");
        enum state_found found = read_line(&path, last);
        if (found == STATE_DAMAGED)
            return load_only(server, account);
        if (found != STATE_GOOD)
            return found;
        name = last;
    }
    state_path_of_account(&path, server, name, ".account");
    if (access(path.text, F_OK) != 0 && find_spelling(server, name, last))
        state_path_of_account(&path, server, last, ".account");
    return read_account(&path, account);
}

bool state_remove_account(const char *server, const char *name)
{
    struct state_path path;
    state_path_of_account(&path, server, name, ".account");
    return state_path_is_good(&path) && unlink(path.text) == 0;
}

enum state_found state_load_last_server(char server[STATE_STRING_MAX])
{
    struct state_path path;
    begin_loading(NULL);
    state_path_begin(&path);
    state_path_add(&path, "last-server");
    return read_line(&path, server);
}

/* --- position --------------------------------------------------------------------------- */

/* The first line has the id and the version of this format; version 0.1.0 wrote the id alone. So a
 * file of this format that was cut short does not look like one of 0.1.0. */
static bool parse_position(const char *text, bool sum, struct state_position *position)
{
    char *end;
    *position = (struct state_position){.id = 0};
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    position->id = strtoull(text, &end, 10);
    if (errno != 0 || strcmp(end, "\n") == 0)
        return errno == 0;
    if (!sum || !begins_with(end, POSITION_FORM))
        return false;
    find_line(end, "db", position->db);
    find_line(end, "era", position->era);
    return true;
}

void state_position_path(struct state_path *path, const char *server, const char *name)
{
    state_path_of_account(path, server, name, ".seen");
}

enum state_found state_load_position(const char *server, const char *name,
                                     struct state_position *position)
{
    char text[STATE_POSITION_TEXT];
    struct state_path path;
    bool sum;
    damaged[0] = 0;
    state_position_path(&path, server, name);
    enum state_found found = read_file(&path, text, sizeof text, &sum);
    if (found == STATE_GOOD && !parse_position(text, sum, position))
        found = note_damage(&path);
    if (found != STATE_GOOD)
        *position = (struct state_position){.id = 0};
    return found;
}

static void state_file_put_line(char *text, size_t size, const char *key, const char *value)
{
    size_t n = strlen(text);
    if (value[0] != 0)
        snprintf(text + n, size - n, "%s %s\n", key, value);
}

void state_position_text(const struct state_position *position, char text[STATE_POSITION_TEXT])
{
    snprintf(text, STATE_POSITION_TEXT, "%" PRIu64 POSITION_FORM, position->id);
    state_file_put_line(text, STATE_POSITION_TEXT, "db", position->db);
    state_file_put_line(text, STATE_POSITION_TEXT, "era", position->era);
}

bool state_save_position(const char *server, const char *name,
                         const struct state_position *position)
{
    char text[STATE_POSITION_TEXT];
    struct state_path path;
    state_position_text(position, text);
    state_position_path(&path, server, name);
    return state_file_replace(&path, text);
}

bool state_path(const char *name, char *text)
{
    struct state_path path;
    state_path_begin(&path);
    state_path_add(&path, name);
    if (!state_path_is_good(&path))
        return false;
    memcpy(text, path.text, path.n + 1);
    return true;
}

bool state_write_bare(const char *name, const char *text)
{
    struct state_path path;
    state_path_begin(&path);
    state_path_add(&path, name);
    return state_path_make_folders(&path) && sealed_write_bare(path.text, text);
}

int state_lock_bare(void)
{
    struct state_path path;
    state_path_begin(&path);
    int fd =
        state_path_make_folders(&path) ? open(path.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int locked = fd < 0 ? -1 : flock(fd, LOCK_EX);
    while (locked != 0 && fd >= 0 && errno == EINTR)
        locked = flock(fd, LOCK_EX);
    return fd;
}

int state_lock(const char *server, const char *name)
{
    struct state_path path;
    state_path_of_account(&path, server, name, ".lock");
    if (!state_path_make_folders(&path))
        return -1;
    int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_SETLK, &lock) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}
