/* import.c - see import.h. */
#include "import/import.h"

#include <stdio.h>
#include <string.h>

#include "import/json.h"

/* The first line of Mattermost's has its version; ours has none. */
static bool take_form(struct cw_import_reader *reader, const json_t *root, const char *type,
                      char why[CW_IMPORT_WHY])
{
    if (reader->form != CW_IMPORT_UNKNOWN)
        return true;
    reader->form = strcmp(type, "version") == 0 ? CW_IMPORT_MATTERMOST : CW_IMPORT_CHINWAG;
    json_int_t version = json_integer_value(json_object_get(root, "version"));
    if (reader->form == CW_IMPORT_CHINWAG || version == 1)
        return true;
    snprintf(why, CW_IMPORT_WHY, "version %lld of the bulk export is not known, only 1 is",
             (long long)version);
    return false;
}

bool cw_import_read(struct cw_import_reader *reader, const char *text, size_t n,
                    struct cw_import_line *line, char why[CW_IMPORT_WHY])
{
    json_error_t error;
    *line = (struct cw_import_line){.type = ""};
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
    line->json = root;
    const char *type = json_string_value(json_object_get(root, "type"));
    if (root == NULL || type == NULL) {
        snprintf(why, CW_IMPORT_WHY, "%.150s", root == NULL ? error.text : "it has no 'type'");
        return false;
    }
    line->type = type;
    struct cw_import_parse parse = {.line = line, .why = why, .good = true};
    if (!take_form(reader, root, type, why))
        return false;
    if (reader->form == CW_IMPORT_MATTERMOST)
        cw_import_mattermost(&parse, root, type);
    else
        cw_import_chinwag(&parse, reader, root, type);
    return parse.good;
}

void cw_import_finish(struct cw_import_line *line)
{
    json_decref(line->json);
    cw_arena_finish(&line->arena);
}
