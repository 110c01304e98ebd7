/* hex.h - bytes as hexadecimal digits, two for each, in small letters. */
#ifndef CW_BASE_HEX_H
#define CW_BASE_HEX_H

#include "base/slice.h"

/* Writes 2 * bytes.n digits, without an end. */
void cw_hex_write(struct cw_slice bytes, char *digits);

/* False: these are not the digits of n bytes. */
bool cw_hex_read(struct cw_slice digits, uint8_t *bytes, size_t n);

#endif
