/* fuzz_import.c - any lines as an export: what is read has all that its kind has, and what is
 * refused has a reason. */
#include <string.h>

#include "fuzz.h"
#include "import/import.h"

static void check_posts(const struct cw_import_line *line)
{
    CHECK(line->post_count != 0);
    CHECK(line->place != NULL || (line->pair[0] != NULL && line->pair[1] != NULL));
    for (size_t i = 0; i < line->post_count; i++) {
        const struct cw_import_post *post = &line->posts[i];
        CHECK(post->sender != NULL && post->text != NULL);
        for (size_t j = 0; j < post->file_count; j++)
            CHECK(post->files[j].path != NULL && post->files[j].name != NULL);
        for (size_t j = 0; j < post->reaction_count; j++)
            CHECK(post->reactions[j].user != NULL && post->reactions[j].emoji != NULL);
    }
}

static void check_line(const struct cw_import_line *line)
{
    CHECK(line->type != NULL);
    if (line->kind == CW_IMPORT_USER || line->kind == CW_IMPORT_GROUP)
        CHECK(line->name != NULL);
    if (line->kind == CW_IMPORT_GROUP)
        CHECK(line->title != NULL && line->topic != NULL);
    for (size_t i = 0; i < line->people_count; i++)
        CHECK(line->people[i].name != NULL);
    if (line->kind == CW_IMPORT_POSTS)
        check_posts(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_import_reader reader = {.form = CW_IMPORT_UNKNOWN};
    while (size != 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t n = end == NULL ? size : (size_t)(end - data);
        struct cw_import_line line;
        char why[CW_IMPORT_WHY];
        memset(why, 'x', sizeof why);
        if (cw_import_read(&reader, (const char *)data, n, &line, why))
            check_line(&line);
        else
            CHECK(memchr(why, 0, sizeof why) != NULL && why[0] != 0);
        cw_import_finish(&line);
        data += end == NULL ? n : n + 1;
        size -= end == NULL ? n : n + 1;
    }
    return 0;
}
