/* config_value.c - see config_value.h. */
#include "server/config_value.h"

#include <stdio.h>
#include <string.h>

/* Bytes that nobody sees: control characters, and blanks and marks of Unicode as they come with
 * text that is copied from a page. */
static bool has_hidden(const char *value)
{
    static const char *const marks[] = {"\xc2\xa0",     "\xe2\x80\x8b", "\xe2\x80\x8e",
                                        "\xe2\x80\x8f", "\xe2\x80\xaf", "\xe3\x80\x80",
                                        "\xef\xbb\xbf"};
    for (const char *c = value; *c != 0; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
            return true;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strstr(value, marks[i]) != NULL)
            return true;
    return false;
}

bool cw_config_value_plain(const char *value, char why[256])
{
    size_t n = strlen(value);
    char last = n == 0 ? 0 : value[n - 1];
    if (strchr(value, '"') != NULL || value[0] == '\'' || last == '\'')
        snprintf(why, 256, "write the value without quotes");
    else if (value[0] == '~' || strchr(value, '$') != NULL)
        snprintf(why, 256, "only a shell knows what '%.40s' is: write it out", value);
    else if (last == '\\')
        snprintf(why, 256, "a line is not continued in the next one: write it as one");
    else if (has_hidden(value))
        snprintf(why, 256, "there is an invisible character in the value: type it anew");
    else
        return true;
    return false;
}
