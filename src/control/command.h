/* command.h - the commands of chinwagctl (control.def): which there are, and what the words of a
 * command line mean.
 *
 * Pure. Callers: chinwagctl (src/ctl), which refuses wrong words before it connects, and the server
 * (src/server/control.c), which does not trust them. */
#ifndef CW_CONTROL_COMMAND_H
#define CW_CONTROL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* A row of control.def: a command, or the title of the group below it. */
struct cw_control_row {
    const char *name; /* NULL: a title */
    const char *line; /* what it does; or the title */
    const char *arguments, *options, *columns, *details, *examples;
};
extern const struct cw_control_row cw_control_rows[];
extern const size_t cw_control_row_count;

#define CW_CONTROL_ARGUMENTS_MAX 4
#define CW_CONTROL_OPTIONS_MAX   6
#define CW_CONTROL_ERROR_MAX     256

/* An option of a row: "name VALUE|help". */
struct cw_control_option {
    const char *name;
    size_t name_n;
    const char *value; /* its name; value_n 0: it has none */
    size_t value_n;
    const char *help;
    size_t help_n;
};

/* A command line that was understood. Strings are the caller's. */
struct cw_control_command {
    size_t row;
    const char *arguments[CW_CONTROL_ARGUMENTS_MAX];
    unsigned argument_count;
    struct {
        struct cw_control_option option;
        const char *value; /* "" where it has none */
    } options[CW_CONTROL_OPTIONS_MAX];
    unsigned option_count;
    bool json;
};

/* The next option of a row, from *text on; false: there is none left. */
bool cw_control_next_option(const char **text, struct cw_control_option *option);

/* How many arguments a row wants: at least, at most. */
void cw_control_arguments(const struct cw_control_row *row, unsigned *least, unsigned *most);

/* The row that the words begin with, and in *used how many of them are its name; NULL: none. */
const struct cw_control_row *cw_control_find(const char *const words[], size_t count,
                                             unsigned *used);

/* Takes the words apart: a command, its arguments, and options anywhere behind it ("--name VALUE",
 * "--name=VALUE"; "--" ends options). False with a sentence in `error` that says what to do. */
bool cw_control_parse(const char *const words[], size_t count, struct cw_control_command *command,
                      char error[CW_CONTROL_ERROR_MAX]);

/* The value of an option; NULL: it was not given. */
const char *cw_control_value(const struct cw_control_command *command, const char *name);

#endif
