/* json.c - see json.h. */
#include "import/json.h"

#include <stdio.h>
#include <string.h>

void cw_import_refuse(struct cw_import_parse *parse, const char *format, const char *word)
{
    if (parse->good)
        snprintf(parse->why, CW_IMPORT_WHY, "%s '%.60s'", format, word);
    parse->good = false;
}

static const json_t *member(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_null(value) ? NULL : value;
}

const char *cw_import_text(struct cw_import_parse *parse, const json_t *object, const char *key,
                           const char *missing)
{
    const json_t *value = member(object, key);
    if (json_is_string(value) || (value == NULL && missing != NULL))
        return value == NULL ? missing : json_string_value(value);
    cw_import_refuse(parse, value == NULL ? "it has no" : "this is no text:", key);
    return "";
}

uint64_t cw_import_number(struct cw_import_parse *parse, const json_t *object, const char *key,
                          bool wanted)
{
    const json_t *value = member(object, key);
    if (value == NULL && !wanted)
        return 0;
    if (json_is_integer(value) && json_integer_value(value) >= 0)
        return (uint64_t)json_integer_value(value);
    cw_import_refuse(parse, value == NULL ? "it has no" : "this is no whole number:", key);
    return 0;
}

bool cw_import_flag(struct cw_import_parse *parse, const json_t *object, const char *key)
{
    const json_t *value = member(object, key);
    if (value != NULL && !json_is_boolean(value))
        cw_import_refuse(parse, "this is neither true nor false:", key);
    return json_is_true(value);
}

const json_t *cw_import_array(struct cw_import_parse *parse, const json_t *object, const char *key)
{
    const json_t *value = member(object, key);
    if (value != NULL && !json_is_array(value)) {
        cw_import_refuse(parse, "this is no list:", key);
        return NULL;
    }
    return value;
}

const json_t *cw_import_object(struct cw_import_parse *parse, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_object(value))
        cw_import_refuse(parse, "it has no object", key);
    return value;
}

void *cw_import_alloc(struct cw_import_parse *parse, size_t count, size_t size)
{
    void *bytes = cw_arena_alloc(&parse->line->arena, count * size + 1);
    memset(bytes, 0, count * size);
    return bytes;
}

const char *cw_import_join(struct cw_import_parse *parse, const char *a, const char *b,
                           const char *c)
{
    size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
    char *text = cw_arena_alloc(&parse->line->arena, size);
    snprintf(text, size, "%s%s%s", a, b, c);
    return text;
}
