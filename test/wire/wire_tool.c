/* wire_tool.c - the codec on standard input and output, for test scripts.
 *
 * Each line is answered by one line (text.h has both forms):
 *   server HEX, client HEX       the message as text
 *   plain TEXT, extended TEXT    the message as hex
 *   rows                         kind "action" of each row of the table, one a
 *                                line, then an empty line
 *   codes                        NAME value of each code, likewise */
#include <stdio.h>
#include <stdlib.h>

#include "text.h"

static void decode(enum cw_reader reader, const char *hex)
{
    struct cw_buf bytes = {0};
    struct cw_buf line = {0};
    struct cw_msg msg;
    if (!bytes_of_text(hex, &bytes)) {
        puts("? not hex");
    } else {
        const int code = cw_msg_decode(reader, cw_buf_slice(&bytes), &msg);
        text_of_msg(&msg, code, &line);
        printf("%.*s\n", (int)line.n, (const char *)line.p);
    }
    cw_buf_finish(&bytes);
    cw_buf_finish(&line);
}

static void encode(bool extended, const char *text)
{
    struct cw_arena arena = {0};
    struct cw_buf bytes = {0};
    struct cw_msg msg;
    if (!msg_of_text(text, &arena, &msg)) {
        puts("? not a message");
    } else {
        cw_msg_encode(&msg, extended, &bytes);
        for (size_t i = 0; i < bytes.n; i++)
            printf("%02x", bytes.p[i]);
        puts("");
    }
    cw_buf_finish(&bytes);
    cw_arena_finish(&arena);
}

static void print_rows(void)
{
    static const char *const kinds[] = {"request", "response", "update", "client_update"};
    size_t count;
    const struct cw_message_row *rows = cw_message_rows(&count);
    for (size_t i = 0; i < count; i++)
        printf("%s \"%s\"\n", kinds[rows[i].kind], rows[i].name);
    puts("");
}

static void print_codes(void)
{
#define CW_CODE(name, value, text) puts(#name " " #value);
#include "base/codes.def"
#undef CW_CODE
    puts("");
}

static void answer(char *line)
{
    char *rest = line + strcspn(line, " ");
    if (*rest == ' ')
        *rest++ = '\0';
    if (strcmp(line, "server") == 0)
        decode(CW_READER_SERVER, rest);
    else if (strcmp(line, "client") == 0)
        decode(CW_READER_CLIENT, rest);
    else if (strcmp(line, "plain") == 0)
        encode(false, rest);
    else if (strcmp(line, "extended") == 0)
        encode(true, rest);
    else if (strcmp(line, "rows") == 0)
        print_rows();
    else if (strcmp(line, "codes") == 0)
        print_codes();
    else
        puts("? no such command");
    fflush(stdout);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while ((n = getline(&line, &room, stdin)) > 0) {
        if (line[n - 1] == '\n')
            line[n - 1] = '\0';
        answer(line);
    }
    free(line);
    return 0;
}
