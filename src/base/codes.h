/* codes.h - the response codes as an enum, with their names and texts. */
#ifndef CW_BASE_CODES_H
#define CW_BASE_CODES_H

enum cw_code {
#define CW_CODE(name, value, text) CW_##name = value,
#include "base/codes.def"
#undef CW_CODE
};

/* Their number, and the place of each in the table. A value
 * that is not in the table has the place of BAD_REQUEST. */
enum cw_code_place {
#define CW_CODE(name, value, text) CW_CODE_PLACE_##name,
#include "base/codes.def"
#undef CW_CODE
    CW_CODES
};
unsigned cw_code_index(int code);
int cw_code_at(unsigned index);

/* "USER_ALREADY_EXIST" and the like; "UNKNOWN" for a value not in the table. */
const char *cw_code_name(int code);

/* What it means, for people; a general text for a value not in the table. */
const char *cw_code_text(int code);

/* Not a code: why a connection ended, where the client knows no more. The command goes by it. */
#define CW_CLOSED_BY_SERVER "the server closed the connection"

#endif
