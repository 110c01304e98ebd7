/* text_names.h - the names of kinds and fields in the text of messages. Private to text_*.c. */
#ifndef CW_TEST_WIRE_TEXT_NAMES_H
#define CW_TEST_WIRE_TEXT_NAMES_H

extern const char *const text_kinds[];  /* by enum cw_kind */
extern const char *const text_fields[]; /* by enum cw_field */

#endif
