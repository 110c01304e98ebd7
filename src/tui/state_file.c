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
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/name.h"

#define FIRST_LINE     "chinwag-account 2\n"
#define FIRST_LINE_0_1 "chinwag-account 1\n"
#define ACCOUNT_MAX    ((STATE_OLD_TOKENS + 3) * (STATE_STRING_MAX + 16))

/* What version 0.1.0 called its three: that of listen has the position. */
static const char *const old_names[STATE_OLD_TOKENS] = {"commands", "call"};

/* --- paths -------------------------------------------------------------------------- */

struct path {
    char text[PATH_MAX];
    size_t n;
    bool bad; /* too long, or no home: checked once, at the end */
};

static void add(struct path *path, const char *text)
{
    size_t n = strlen(text);
    if (path->n + n >= sizeof path->text) {
        path->bad = true;
        return;
    }
    memcpy(path->text + path->n, text, n + 1);
    path->n += n;
}

/* A server or a name as part of a file name: what could mean something to the
 * file system, and a dot in front, as %XX. */
static void add_escaped(struct path *path, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_.:";
    for (const char *c = text; *c != 0; c++) {
        char escaped[4] = {*c, 0};
        if (strchr(plain, *c) == NULL || (c == text && *c == '.'))
            snprintf(escaped, sizeof escaped, "%%%02x", (unsigned)(unsigned char)*c);
        add(path, escaped);
    }
}

/* XDG Base Directory Specification: "All paths set in these environment
 * variables must be absolute. If [...] relative [...] it should be ignored." */
static void begin(struct path *path)
{
    *path = (struct path){.n = 0};
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (state != NULL && state[0] == '/') {
        add(path, state);
    } else if (home != NULL && home[0] == '/') {
        add(path, home);
        add(path, "/.local/state");
    } else {
        path->bad = true;
    }
    add(path, "/chinwag/");
}

/* "host", "HOST:4242" and "tcp://host" are the same server, and so are localhost
 * and 127.0.0.1. */
static void begin_server(struct path *path, const char *server)
{
    char host[STATE_STRING_MAX];
    begin(path);
    if (strncmp(server, "tcp://", 6) == 0)
        server += 6;
    size_t n = strcspn(server, ":");
    bool local = n == strlen("localhost") && strncasecmp(server, "localhost", n) == 0;
    snprintf(host, sizeof host, "%s%s", local ? "127.0.0.1" : "", local ? server + n : server);
    for (char *c = host; *c != 0; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    add_escaped(path, host);
    if (strchr(host, ':') == NULL)
        add(path, ":4242");
    add(path, "/");
}

static void account_path(struct path *path, const char *server, const char *name,
                         const char *suffix)
{
    begin_server(path, server);
    add_escaped(path, name);
    add(path, suffix);
}

static bool usable(const struct path *path)
{
    if (path->bad)
        errno = ENAMETOOLONG;
    return !path->bad;
}

/* Every folder on the way to a file. */
static bool make_folders(const struct path *path)
{
    char folder[PATH_MAX];
    for (size_t i = 1; i < path->n; i++) {
        if (path->text[i] != '/')
            continue;
        memcpy(folder, path->text, i);
        folder[i] = 0;
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

/* --- files -------------------------------------------------------------------------- */

static bool write_all(int fd, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t n = write(fd, text, left);
        if (n < 0)
            return false;
        text += n;
        left -= (size_t)n;
    }
    return fsync(fd) == 0;
}

static bool replace(const struct path *path, const char *text)
{
    struct path temporary = *path;
    add(&temporary, ".XXXXXX");
    if (!usable(path) || !usable(&temporary) || !make_folders(path))
        return false;
    int fd = mkstemp(temporary.text); /* POSIX: readable and writable by the owner alone */
    if (fd < 0)
        return false;
    bool written = write_all(fd, text);
    written = close(fd) == 0 && written;
    if (written && rename(temporary.text, path->text) == 0)
        return true;
    int error = errno;
    unlink(temporary.text);
    errno = error;
    return false;
}

/* The whole file, which is small, as a string. */
static bool read_file(const struct path *path, char *text, size_t size)
{
    if (!usable(path))
        return false;
    FILE *file = fopen(path->text, "r");
    if (file == NULL)
        return false;
    size_t n = fread(text, 1, size - 1, file);
    bool good = !ferror(file);
    fclose(file);
    text[n] = 0;
    return good;
}

/* One line that is the whole content. */
static bool read_line(const struct path *path, char line[STATE_STRING_MAX])
{
    if (!read_file(path, line, STATE_STRING_MAX))
        return false;
    line[strcspn(line, "\n")] = 0;
    return line[0] != 0;
}

static bool write_line(const struct path *path, const char *line)
{
    char text[STATE_STRING_MAX + 1];
    snprintf(text, sizeof text, "%s\n", line);
    return replace(path, text);
}

/* --- accounts ------------------------------------------------------------------------- */

bool state_save_account(const char *server, const struct state_account *account)
{
    char text[ACCOUNT_MAX];
    snprintf(text, sizeof text, FIRST_LINE "name %s\ntoken %s\n", account->name, account->token);
    struct path path;
    account_path(&path, server, account->name, ".account");
    if (!replace(&path, text))
        return false;
    begin_server(&path, server);
    add(&path, "last");
    if (!write_line(&path, account->name))
        return false;
    begin(&path);
    add(&path, "last-server");
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

static bool parse_account(const char *text, struct state_account *account)
{
    *account = (struct state_account){.name = ""};
    bool before = begins_with(text, FIRST_LINE_0_1);
    bool good = (before || begins_with(text, FIRST_LINE)) &&
                find_line(text, "name", account->name) &&
                find_line(text, before ? "listen" : "token", account->token);
    for (int i = 0; i < STATE_OLD_TOKENS && good && before; i++)
        good = find_line(text, old_names[i], account->old[i]);
    if (!good)
        errno = EBADMSG;
    return good;
}

/* The saved account that `name` means in another spelling, as ALICE means alice. */
static bool find_spelling(const char *server, const char *name, char found[STATE_STRING_MAX])
{
    char text[ACCOUNT_MAX];
    struct cw_name_key wanted, key;
    struct path folder;
    struct dirent *entry;
    bool same = false;
    begin_server(&folder, server);
    DIR *entries = usable(&folder) ? opendir(folder.text) : NULL;
    if (entries == NULL || !cw_name_fold(cw_slice_str(name), &wanted)) {
        if (entries != NULL)
            closedir(entries);
        return false;
    }
    while (!same && (entry = readdir(entries)) != NULL) {
        const char *suffix = strrchr(entry->d_name, '.');
        struct path path = folder;
        add(&path, entry->d_name);
        same = suffix != NULL && strcmp(suffix, ".account") == 0 &&
               read_file(&path, text, sizeof text) && find_line(text, "name", found) &&
               cw_name_fold(cw_slice_str(found), &key) &&
               cw_slice_eq(cw_name_key_slice(&key), cw_name_key_slice(&wanted));
    }
    closedir(entries);
    return same;
}

bool state_load_account(const char *server, const char *name, struct state_account *account)
{
    char last[STATE_STRING_MAX];
    char text[ACCOUNT_MAX];
    struct path path;
    if (name == NULL) {
        begin_server(&path, server);
        add(&path, "last");
        if (!read_line(&path, last))
            return false;
        name = last;
    }
    account_path(&path, server, name, ".account");
    if (access(path.text, F_OK) != 0 && find_spelling(server, name, last))
        account_path(&path, server, last, ".account");
    return read_file(&path, text, sizeof text) && parse_account(text, account);
}

bool state_remove_account(const char *server, const char *name)
{
    struct path path;
    account_path(&path, server, name, ".account");
    return usable(&path) && unlink(path.text) == 0;
}

bool state_load_last_server(char server[STATE_STRING_MAX])
{
    struct path path;
    begin(&path);
    add(&path, "last-server");
    return read_line(&path, server);
}

/* --- position --------------------------------------------------------------------------- */

uint64_t state_load_seen(const char *server, const char *name)
{
    char line[STATE_STRING_MAX];
    struct path path;
    account_path(&path, server, name, ".seen");
    return read_line(&path, line) ? strtoull(line, NULL, 10) : 0;
}

bool state_save_seen(const char *server, const char *name, uint64_t seen)
{
    char line[24];
    snprintf(line, sizeof line, "%" PRIu64, seen);
    struct path path;
    account_path(&path, server, name, ".seen");
    return write_line(&path, line);
}

bool state_lock(const char *server, const char *name)
{
    struct path path;
    account_path(&path, server, name, ".lock");
    if (!usable(&path) || !make_folders(&path))
        return false;
    int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_SETLK, &lock) == 0)
        return true; /* the lock goes with the process */
    int error = errno;
    close(fd);
    errno = error;
    return false;
}
