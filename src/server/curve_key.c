/* curve_key.c - see curve_key.h.
 *
 * The file's last line is the secret key, so that a file that was cut anywhere is known to be. A
 * public key is checked against its secret key, so that a changed byte is found, too. */
#include "server/curve_key.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "server/small_file.h"

#define CURVE_FILE "curve.key"
#define COMMENT                                                                                    \
    "# Chinwag's keys for CURVE. Keep them secret, and keep a copy: clients know the\n"            \
    "# server by them.\n"
#define DAY_S 86400

static const struct cw_small_file_rule curve_file_rule = {
    .max = CW_CURVE_KEY_FILE_MAX, .forbidden = 077, .no_link = true};

/* What the file holds. */
struct curve_pairs {
    struct cw_curve_key key, old_key;
    int64_t old_until_s; /* the old key opens handshakes before this time; 0: there is none */
};

/* --- reading -------------------------------------------------------------------------------- */

struct curve_lines {
    struct cw_slice left;
    unsigned number; /* of the line that was taken last */
};

/* Takes the next line that is no comment. False: there is none that has an end. */
static bool take_key_line(struct curve_lines *lines, struct cw_slice *line)
{
    do {
        const uint8_t *end = memchr(lines->left.p, '\n', lines->left.n);
        lines->number++;
        if (end == NULL)
            return false;
        *line = cw_slice_of(lines->left.p, (size_t)(end - lines->left.p));
        lines->left = cw_slice_of(end + 1, lines->left.n - line->n - 1);
    } while (line->n > 0 && line->p[0] == '#');
    return true;
}

/* The next line must be WORD, a blank, and a value. */
static bool take_key_value(struct curve_lines *lines, const char *word, struct cw_slice *value)
{
    size_t n = strlen(word);
    struct cw_slice line;
    if (!take_key_line(lines, &line) || line.n <= n || memcmp(line.p, word, n) != 0 ||
        line.p[n] != ' ')
        return false;
    *value = cw_slice_of(line.p + n + 1, line.n - n - 1);
    return true;
}

static bool take_one_key(struct curve_lines *lines, const char *word, uint8_t key[CW_CURVE_KEY_N])
{
    struct cw_slice text;
    return take_key_value(lines, word, &text) && cw_curve_key_parse(text, key);
}

static bool take_pair(struct curve_lines *lines, const char *public_word, const char *secret_word,
                      struct cw_curve_key *key)
{
    uint8_t said[CW_CURVE_KEY_N];
    if (!take_one_key(lines, public_word, said) ||
        !take_one_key(lines, secret_word, key->secret_key))
        return false;
    cw_curve_key_complete(key);
    return memcmp(said, key->public_key, sizeof said) == 0;
}

/* Twelve digits are enough until the year 33658. */
static bool take_until(struct curve_lines *lines, int64_t *until_s)
{
    struct cw_slice text;
    if (!take_key_value(lines, "old-until", &text) || text.n == 0 || text.n > 12)
        return false;
    *until_s = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        *until_s = *until_s * 10 + (text.p[i] - '0');
    }
    return *until_s > 0;
}

static bool take_old(struct curve_lines *lines, struct curve_pairs *pairs)
{
    struct curve_lines ahead = *lines;
    struct cw_slice value;
    if (!take_key_value(&ahead, "old-public", &value))
        return true;
    return take_pair(lines, "old-public", "old-secret", &pairs->old_key) &&
           take_until(lines, &pairs->old_until_s);
}

/* False: *line is the first one that is wrong. */
static bool parse_pairs(struct cw_slice text, struct curve_pairs *pairs, unsigned *line)
{
    struct curve_lines lines = {.left = text};
    bool good = take_old(&lines, pairs) && take_pair(&lines, "public", "secret", &pairs->key);
    if (good && lines.left.n != 0)
        lines.number++;
    *line = lines.number;
    return good && lines.left.n == 0;
}

static enum cw_small_file read_pairs(int at, const char *folder, struct curve_pairs *pairs,
                                     char error[256])
{
    struct cw_buf text = {0};
    unsigned line;
    enum cw_small_file found = cw_small_file_read(at, CURVE_FILE, &curve_file_rule, &text);
    if (found == CW_SMALL_FILE_ABSENT)
        snprintf(error, 256,
                 "there is no %.100s/" CURVE_FILE
                 ": put it back from a backup, or start the server, which makes a new key",
                 folder);
    if (found == CW_SMALL_FILE_REFUSED)
        cw_small_file_say(folder, CURVE_FILE, &curve_file_rule, error);
    if (found == CW_SMALL_FILE_READ && !parse_pairs(cw_buf_slice(&text), pairs, &line)) {
        snprintf(error, 256,
                 "%.100s/" CURVE_FILE " is damaged (line %u): put it back from a backup; or remove "
                 "it, and the next start makes a new key, which clients must accept",
                 folder, line);
        found = CW_SMALL_FILE_REFUSED;
    }
    cw_small_file_forget(&text);
    return found;
}

/* --- writing --------------------------------------------------------------------------------- */

static void append_key_line(struct cw_buf *text, const char *word,
                            const uint8_t key[CW_CURVE_KEY_N])
{
    char value[CW_CURVE_KEY_TEXT];
    cw_curve_key_text(key, value);
    cw_buf_append_str(text, word);
    cw_buf_append_byte(text, ' ');
    cw_buf_append_str(text, value);
    cw_buf_append_byte(text, '\n');
    sodium_memzero(value, sizeof value);
}

static void append_old(struct cw_buf *text, const struct curve_pairs *pairs)
{
    char until[40];
    append_key_line(text, "old-public", pairs->old_key.public_key);
    append_key_line(text, "old-secret", pairs->old_key.secret_key);
    snprintf(until, sizeof until, "old-until %" PRId64 "\n", pairs->old_until_s);
    cw_buf_append_str(text, until);
}

static bool write_pairs(int at, const char *folder, const struct curve_pairs *pairs, bool replaces,
                        char error[256])
{
    struct cw_buf text = {0};
    cw_buf_reserve(&text, CW_CURVE_KEY_FILE_MAX); /* it never moves, or a copy would stay */
    cw_buf_append_str(&text, COMMENT);
    if (pairs->old_until_s != 0)
        append_old(&text, pairs);
    append_key_line(&text, "public", pairs->key.public_key);
    append_key_line(&text, "secret", pairs->key.secret_key);
    bool good = cw_small_file_write(at, CURVE_FILE, 0600, replaces, cw_buf_slice(&text));
    if (!good)
        snprintf(error, 256, "cannot write %.150s/" CURVE_FILE ": %s", folder, strerror(errno));
    cw_small_file_forget(&text);
    return good;
}

/* --- the key ---------------------------------------------------------------------------- */

static int open_key_folder(const char *folder, bool locked, char error[256])
{
    int at = cw_small_file_folder(folder);
    if (at >= 0 && (!locked || cw_small_file_lock(at)))
        return at;
    snprintf(error, 256, "cannot use the data folder %.150s: %s", folder, strerror(errno));
    if (at >= 0)
        close(at);
    return -1;
}

static void use_pairs(const struct curve_pairs *pairs, int64_t now_s, struct cw_curve_server *to,
                      int64_t *old_until_s)
{
    *old_until_s = pairs->old_until_s;
    to->key = pairs->key;
    to->old_key_opens = now_s < pairs->old_until_s;
    if (to->old_key_opens)
        to->old_key = pairs->old_key;
    else
        cw_curve_key_wipe(&to->old_key);
}

bool cw_curve_key_read(const char *folder, int64_t now_s, struct cw_curve_server *to,
                       int64_t *old_until_s, char error[256])
{
    int at = open_key_folder(folder, false, error);
    if (at < 0)
        return false;
    struct curve_pairs pairs = {0};
    bool good = read_pairs(at, folder, &pairs, error) == CW_SMALL_FILE_READ;
    if (good)
        use_pairs(&pairs, now_s, to, old_until_s);
    sodium_memzero(&pairs, sizeof pairs);
    close(at);
    return good;
}

bool cw_curve_key_open(const char *folder, int64_t now_s, struct cw_curve_server *to,
                       int64_t *old_until_s, char error[256])
{
    int at = open_key_folder(folder, true, error);
    if (at < 0)
        return false;
    struct curve_pairs pairs = {0};
    enum cw_small_file found = read_pairs(at, folder, &pairs, error);
    bool good = found == CW_SMALL_FILE_READ;
    if (found == CW_SMALL_FILE_ABSENT) {
        cw_curve_key_make(&pairs.key, randombytes_buf);
        good = write_pairs(at, folder, &pairs, false, error);
    }
    if (good)
        use_pairs(&pairs, now_s, to, old_until_s);
    sodium_memzero(&pairs, sizeof pairs);
    close(at);
    return good;
}

static void say_overlap(int64_t until_s, char error[256])
{
    time_t until = (time_t)until_s;
    struct tm date;
    char day[40] = "";
    if (gmtime_r(&until, &date) != NULL)
        strftime(day, sizeof day, "%Y-%m-%d %H:%M UTC", &date);
    snprintf(error, 256,
             "the key was changed not long ago, and clients learn it until %s: change it again "
             "after that; only a key that was stolen is revoked before",
             day);
}

/* The key becomes the old one, and a new one is made. */
static bool pass_on(struct curve_pairs *pairs, int64_t now_s, unsigned overlap_days,
                    char error[256])
{
    if (now_s < pairs->old_until_s) {
        say_overlap(pairs->old_until_s, error);
        return false;
    }
    pairs->old_key = pairs->key;
    pairs->old_until_s = now_s + (int64_t)overlap_days * DAY_S;
    cw_curve_key_make(&pairs->key, randombytes_buf);
    return true;
}

bool cw_curve_key_change(const char *folder, int64_t now_s, unsigned overlap_days, char error[256])
{
    int at = open_key_folder(folder, true, error);
    if (at < 0)
        return false;
    struct curve_pairs pairs = {0};
    bool good = read_pairs(at, folder, &pairs, error) == CW_SMALL_FILE_READ &&
                pass_on(&pairs, now_s, overlap_days, error) &&
                write_pairs(at, folder, &pairs, true, error);
    sodium_memzero(&pairs, sizeof pairs);
    close(at);
    return good;
}

bool cw_curve_key_revoke(const char *folder, char error[256])
{
    int at = open_key_folder(folder, true, error);
    if (at < 0)
        return false;
    struct curve_pairs pairs = {0};
    cw_curve_key_make(&pairs.key, randombytes_buf);
    bool good = write_pairs(at, folder, &pairs, true, error);
    sodium_memzero(&pairs, sizeof pairs);
    close(at);
    return good;
}
