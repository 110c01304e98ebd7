/* json.h - members of JSON objects, where each must have its type. Private to this folder. */
#ifndef CW_IMPORT_JSON_H
#define CW_IMPORT_JSON_H

#include <jansson.h>

#include "import/import.h"

/* A line on its way; the first mistake stays. */
struct cw_import_parse {
    struct cw_import_line *line;
    char *why;
    bool good;
};

void cw_import_refuse(struct cw_import_parse *parse, const char *format, const char *word);

/* A text; `missing` when it is not there or null, NULL: then it is a mistake. */
const char *cw_import_text(struct cw_import_parse *parse, const json_t *object, const char *key,
                           const char *missing);
/* The same of a whole number that is not negative. */
uint64_t cw_import_number(struct cw_import_parse *parse, const json_t *object, const char *key,
                          bool wanted);
bool cw_import_flag(struct cw_import_parse *parse, const json_t *object, const char *key);
/* An array; NULL: none. */
const json_t *cw_import_array(struct cw_import_parse *parse, const json_t *object, const char *key);
/* An object, which must be there. */
const json_t *cw_import_object(struct cw_import_parse *parse, const json_t *object,
                               const char *key);

/* Zeroed, of the line's arena. */
void *cw_import_alloc(struct cw_import_parse *parse, size_t count, size_t size);
/* A copy of printf's. */
const char *cw_import_join(struct cw_import_parse *parse, const char *a, const char *b,
                           const char *c);

/* mattermost.c, export_line.c: the object of a line, whose type is `type`. */
void cw_import_mattermost(struct cw_import_parse *parse, const json_t *root, const char *type);
void cw_import_chinwag(struct cw_import_parse *parse, struct cw_import_reader *reader,
                       const json_t *root, const char *type);

#endif
