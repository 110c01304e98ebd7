/* file_name.c - see file_name.h. */
#include "text/file_name.h"

#include <utf8proc.h>

#include "base/limits.h"
#include "base/utf8.h"

/* Characters that change the order in which others are shown: "gpj.exe" would read as "exe.jpg". */
static bool turns_text(utf8proc_int32_t c)
{
    return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

static bool is_control(utf8proc_int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

static bool is_dots(struct cw_slice name)
{
    return cw_slice_eq(name, cw_slice_str(".")) || cw_slice_eq(name, cw_slice_str(".."));
}

const char *cw_file_name_fault(struct cw_slice name)
{
    utf8proc_int32_t c;
    if (name.n == 0 || name.n > CW_FILE_NAME_MAX || !cw_utf8_valid(name))
        return "the name of a file has 1 to 255 bytes of UTF-8";
    if (is_dots(name))
        return "the name of a file is not . or ..";
    for (size_t i = 0; i < name.n;) {
        utf8proc_ssize_t n = utf8proc_iterate(name.p + i, (utf8proc_ssize_t)(name.n - i), &c);
        if (n <= 0 || is_control(c) || turns_text(c))
            return "the name of a file has no control characters, and none that turn the direction "
                   "of the text";
        if (c == '/' || c == '\\')
            return "the name of a file has no / and no \\ in it: leave the folders out";
        i += (size_t)n;
    }
    return NULL;
}
_Static_assert(CW_FILE_NAME_MAX == 255, "as is said");
