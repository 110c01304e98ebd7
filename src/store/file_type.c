/* file_type.c - the type of a file, by its first bytes and by nothing that its sender says: what a
 * browser may show. Everything else is bytes to be saved, HTML and SVG included. */
#include "base/attributes.h"
#include "store/file.h"

/* `middle`: at byte 8, behind a size that differs. */
static const struct {
    const char *head, *middle, *type;
} types[] = {
    {"\x89PNG\r\n\x1a\n", "", "image/png"},
    {"\xff\xd8\xff", "", "image/jpeg"},
    {"GIF87a", "", "image/gif"},
    {"GIF89a", "", "image/gif"},
    {"RIFF", "WEBP", "image/webp"},
    {"OggS", "", "audio/ogg"},
};

static bool has_at(struct cw_slice bytes, size_t at, const char *text)
{
    size_t n = strlen(text);
    return n == 0 || (bytes.n >= at + n && memcmp(bytes.p + at, text, n) == 0);
}

const char *cw_file_type(struct cw_slice head)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (has_at(head, 0, types[i].head) && has_at(head, 8, types[i].middle))
            return types[i].type;
    return CW_FILE_TYPE_OTHER;
}
