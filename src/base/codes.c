/* codes.c - see codes.h. */
#include "base/codes.h"

const char *cw_code_name(int code)
{
    switch (code) {
#define CW_CODE(name, value, text)                                                                 \
    case value:                                                                                    \
        return #name;
#include "base/codes.def"
#undef CW_CODE
    default:
        return "UNKNOWN";
    }
}

const char *cw_code_text(int code)
{
    switch (code) {
#define CW_CODE(name, value, text)                                                                 \
    case value:                                                                                    \
        return text;
#include "base/codes.def"
#undef CW_CODE
    default:
        return "the server answered with a code that this program does not know";
    }
}

unsigned cw_code_index(int code)
{
    switch (code) {
#define CW_CODE(name, value, text)                                                                 \
    case value:                                                                                    \
        return CW_CODE_PLACE_##name;
#include "base/codes.def"
#undef CW_CODE
    default:
        return CW_CODE_PLACE_BAD_REQUEST;
    }
}

int cw_code_at(unsigned index)
{
    static const int codes[] = {
#define CW_CODE(name, value, text) value,
#include "base/codes.def"
#undef CW_CODE
    };
    return codes[index];
}
