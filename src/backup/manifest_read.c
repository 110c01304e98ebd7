/* manifest_read.c - see manifest.h: the reader. It takes what the writer writes, and nothing else.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backup/manifest.h"

/* Room for the shortest line of a file: a text of n bytes has no more files than n / this. */
#define FILE_LINE_MIN (sizeof "file " - 1 + 64 + 1 + 1 + 1 + 1 + 1 + 1 + 1)

struct reader {
    struct cw_slice text; /* what is left */
    const uint8_t *begin;
    unsigned line; /* of the last one that was taken */
    bool good;     /* else the first mistake was told */
    char *error;
};

static void refuse_line(struct reader *reader, const char *why)
{
    if (reader->good)
        snprintf(reader->error, 160, "line %u: %s", reader->line, why);
    reader->good = false;
}

/* The next line without its end; empty in trouble. */
static struct cw_slice take_line(struct reader *reader)
{
    const uint8_t *end = reader->text.n == 0 ? NULL : memchr(reader->text.p, '\n', reader->text.n);
    reader->line++;
    if (end == NULL) {
        refuse_line(reader, "the text ends before its end: half a backup");
        return (struct cw_slice){0};
    }
    struct cw_slice line = cw_slice_of(reader->text.p, (size_t)(end - reader->text.p));
    reader->text = cw_slice_of(end + 1, reader->text.n - line.n - 1);
    return line;
}

/* Takes what is before the next blank, or all; the blank goes. */
static struct cw_slice take_word(struct cw_slice *line)
{
    const uint8_t *blank = line->n == 0 ? NULL : memchr(line->p, ' ', line->n);
    size_t n = blank == NULL ? line->n : (size_t)(blank - line->p);
    struct cw_slice word = cw_slice_of(line->p, n);
    *line = blank == NULL ? (struct cw_slice){0} : cw_slice_of(blank + 1, line->n - n - 1);
    return word;
}

/* The value of the line that begins with this word. */
static struct cw_slice take_text(struct reader *reader, const char *word)
{
    struct cw_slice line = take_line(reader);
    if (!reader->good)
        return line;
    if (!cw_slice_eq(take_word(&line), cw_slice_str(word)) || line.n == 0) {
        char why[64];
        snprintf(why, sizeof why, "not the line '%s' that must be here", word);
        refuse_line(reader, why);
    }
    return line;
}

static uint64_t number_of(struct reader *reader, struct cw_slice digits)
{
    uint64_t number = 0;
    bool good = digits.n != 0 && digits.n <= 19 && (digits.p[0] != '0' || digits.n == 1);
    for (size_t i = 0; i < digits.n && good; i++) {
        good = digits.p[i] >= '0' && digits.p[i] <= '9';
        number = number * 10 + (uint64_t)(digits.p[i] - '0');
    }
    if (!good)
        refuse_line(reader, "no number where one must be");
    return number;
}

static uint64_t take_number(struct reader *reader, const char *word)
{
    struct cw_slice digits = take_text(reader, word);
    return reader->good ? number_of(reader, digits) : 0;
}

static void hex_of(struct reader *reader, struct cw_slice digits, uint8_t *bytes, size_t n)
{
    size_t got = 0;
    if (digits.n != 2 * n ||
        sodium_hex2bin(bytes, n, (const char *)digits.p, digits.n, NULL, &got, NULL) != 0 ||
        got != n)
        refuse_line(reader, "no hash or key where one must be");
}

static bool is_dash(struct cw_slice text)
{
    return text.n == 1 && text.p[0] == '-';
}

static void read_file(struct reader *reader, struct cw_slice line, struct cw_manifest_file *file)
{
    struct cw_slice hash = take_word(&line), content = take_word(&line);
    *file = (struct cw_manifest_file){0};
    hex_of(reader, hash, file->hash, sizeof file->hash);
    if (!is_dash(content))
        hex_of(reader, content, file->content, sizeof file->content);
    file->size = number_of(reader, take_word(&line));
    file->name = line;
    if (!cw_manifest_name_good(line))
        refuse_line(reader, "a name that no file of a backup has");
}

/* `files` has room for all that the text can have. */
static void read_files(struct reader *reader, struct cw_manifest *manifest)
{
    while (reader->good && reader->text.n > 5 && memcmp(reader->text.p, "file ", 5) == 0) {
        struct cw_slice line = take_line(reader);
        if (!reader->good)
            return;
        take_word(&line);
        read_file(reader, line, &manifest->files[manifest->count]);
        if (manifest->count != 0 && cw_manifest_by_name(&manifest->files[manifest->count - 1],
                                                        &manifest->files[manifest->count]) >= 0)
            refuse_line(reader, "the files are not in the order of their names");
        manifest->count++;
    }
}

static void read_end(struct reader *reader, const struct cw_manifest *manifest)
{
    uint8_t hash[CW_BACKUP_HASH_LEN], stored[CW_BACKUP_HASH_LEN];
    size_t before = (size_t)(reader->text.p - reader->begin);
    struct cw_slice line = take_text(reader, "end");
    if (!reader->good)
        return;
    uint64_t count = number_of(reader, take_word(&line));
    hex_of(reader, line, stored, sizeof stored);
    crypto_hash_sha256(hash, reader->begin, before);
    if (reader->good && (count != manifest->count || memcmp(hash, stored, sizeof hash) != 0))
        refuse_line(reader, "the sum over all before is another: the manifest was changed");
    if (reader->good && reader->text.n != 0)
        refuse_line(reader, "there is something behind the end");
}

static void read_sum(struct reader *reader, struct cw_manifest *manifest)
{
    uint8_t bytes[8] = {0};
    struct cw_slice digits = take_text(reader, "sum");
    if (reader->good)
        hex_of(reader, digits, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        manifest->sum = manifest->sum << 8 | bytes[i];
}

static void read_sealed(struct reader *reader, struct cw_manifest *manifest)
{
    struct cw_slice to = take_text(reader, "sealed");
    manifest->sealed = reader->good && !is_dash(to);
    if (manifest->sealed)
        hex_of(reader, to, manifest->sealed_to, sizeof manifest->sealed_to);
}

static void read_head(struct reader *reader, struct cw_manifest *manifest)
{
    manifest->number = take_number(reader, "number");
    manifest->made_ms = take_number(reader, "made");
    manifest->version = take_text(reader, "version");
    manifest->server = take_text(reader, "server");
    manifest->db = take_text(reader, "database");
    manifest->schema = take_number(reader, "schema");
    manifest->newest = take_number(reader, "newest");
    manifest->users = take_number(reader, "users");
    manifest->groups = take_number(reader, "groups");
    manifest->conversations = take_number(reader, "conversations");
    manifest->messages = take_number(reader, "messages");
    read_sum(reader, manifest);
    manifest->audit_number = take_number(reader, "audit_number");
    manifest->audit = take_text(reader, "audit");
    read_sealed(reader, manifest);
}

static bool is_ours(struct reader *reader)
{
    struct cw_slice line = take_line(reader);
    if (!reader->good)
        return false;
    if (line.n < 15 || memcmp(line.p, "chinwag backup ", 15) != 0)
        refuse_line(reader, "this is no manifest of a backup of Chinwag");
    else if (!cw_slice_eq(line, cw_slice_str("chinwag backup 1")))
        refuse_line(reader, "a newer server has made this backup: use that one, or a newer one");
    return reader->good;
}

bool cw_manifest_read(struct cw_slice text, struct cw_manifest *manifest, char error[160])
{
    struct reader reader = {.text = text, .begin = text.p, .good = true, .error = error};
    *manifest = (struct cw_manifest){0};
    if (!is_ours(&reader))
        return false;
    read_head(&reader, manifest);
    if (reader.good)
        manifest->files = cw_alloc((text.n / FILE_LINE_MIN + 1) * sizeof manifest->files[0]);
    read_files(&reader, manifest);
    if (reader.good)
        read_end(&reader, manifest);
    return reader.good;
}
