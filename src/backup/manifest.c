/* manifest.c - see manifest.h: the writer, and what reader and writer share. */
#include "backup/manifest.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cw_manifest_name_good(struct cw_slice name)
{
    unsigned slashes = 0;
    if (name.n == 0 || name.n > CW_MANIFEST_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '_' || c == '-';
        bool begins = i == 0 || name.p[i - 1] == '/';
        slashes += c == '/';
        if (!plain && !(c == '.' && !begins) && !(c == '/' && !begins && i + 1 < name.n))
            return false;
    }
    return slashes <= 1;
}

static int compare(struct cw_slice a, struct cw_slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n == 0 ? 0 : memcmp(a.p, b.p, n);
    return order != 0 ? order : a.n < b.n ? -1 : a.n > b.n;
}

int cw_manifest_by_name(const void *a, const void *b)
{
    return compare(((const struct cw_manifest_file *)a)->name,
                   ((const struct cw_manifest_file *)b)->name);
}

const struct cw_manifest_file *cw_manifest_find(const struct cw_manifest *manifest,
                                                struct cw_slice name)
{
    size_t low = 0, high = manifest->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(manifest->files[middle].name, name);
        if (order == 0)
            return &manifest->files[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool cw_manifest_is_piece(const struct cw_manifest_file *file)
{
    const size_t n = sizeof CW_BACKUP_PIECES - 1;
    return file->name.n > n && memcmp(file->name.p, CW_BACKUP_PIECES, n) == 0;
}

void cw_manifest_finish(struct cw_manifest *manifest)
{
    free(manifest->files);
    manifest->files = NULL;
    manifest->count = 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void put(struct cw_buf *to, struct cw_slice text)
{
    cw_buf_append(to, text.p, text.n);
}

static void put_number(struct cw_buf *to, const char *word, uint64_t number)
{
    char line[64];
    int n = snprintf(line, sizeof line, "%s %" PRIu64 "\n", word, number);
    cw_buf_append(to, line, (size_t)n);
}

static void put_text(struct cw_buf *to, const char *word, struct cw_slice text)
{
    put(to, cw_slice_str(word));
    put(to, cw_slice_str(" "));
    put(to, text.n == 0 ? cw_slice_str("-") : text);
    put(to, cw_slice_str("\n"));
}

static void put_hex(struct cw_buf *to, const uint8_t *bytes, size_t n)
{
    char digits[2 * CW_BACKUP_HASH_LEN + 1];
    sodium_bin2hex(digits, sizeof digits, bytes, n);
    put(to, cw_slice_str(digits));
}

static void put_file(struct cw_buf *to, const struct cw_manifest_file *file)
{
    char size[32];
    put(to, cw_slice_str("file "));
    put_hex(to, file->hash, sizeof file->hash);
    put(to, cw_slice_str(" "));
    if (sodium_is_zero(file->content, sizeof file->content))
        put(to, cw_slice_str("-"));
    else
        put_hex(to, file->content, sizeof file->content);
    snprintf(size, sizeof size, " %" PRIu64 " ", file->size);
    put(to, cw_slice_str(size));
    put(to, file->name);
    put(to, cw_slice_str("\n"));
}

static void put_head(const struct cw_manifest *manifest, struct cw_buf *to)
{
    char sum[32];
    put(to, cw_slice_str("chinwag backup 1\n"));
    put_number(to, "number", manifest->number);
    put_number(to, "made", manifest->made_ms);
    put_text(to, "version", manifest->version);
    put_text(to, "server", manifest->server);
    put_text(to, "database", manifest->db);
    put_number(to, "schema", manifest->schema);
    put_number(to, "newest", manifest->newest);
    put_number(to, "users", manifest->users);
    put_number(to, "groups", manifest->groups);
    put_number(to, "conversations", manifest->conversations);
    put_number(to, "messages", manifest->messages);
    snprintf(sum, sizeof sum, "%016" PRIx64, manifest->sum);
    put_text(to, "sum", cw_slice_str(sum));
    put_number(to, "audit_number", manifest->audit_number);
    put_text(to, "audit", manifest->audit);
    put(to, cw_slice_str("sealed "));
    if (manifest->sealed)
        put_hex(to, manifest->sealed_to, sizeof manifest->sealed_to);
    else
        put(to, cw_slice_str("-"));
    put(to, cw_slice_str("\n"));
}

void cw_manifest_write(const struct cw_manifest *manifest, struct cw_buf *to)
{
    uint8_t hash[CW_BACKUP_HASH_LEN];
    char end[40];
    size_t begin = to->n;
    put_head(manifest, to);
    for (size_t i = 0; i < manifest->count; i++)
        put_file(to, &manifest->files[i]);
    crypto_hash_sha256(hash, to->p + begin, to->n - begin);
    snprintf(end, sizeof end, "end %zu ", manifest->count);
    put(to, cw_slice_str(end));
    put_hex(to, hash, sizeof hash);
    put(to, cw_slice_str("\n"));
}
