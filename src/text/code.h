/* code.h - the text forms of the second factor's secrets and codes, and of device passwords.
 *
 * Pure. Called by the core, which makes them of random bytes and takes a code from behind a
 * password, and by the store, which reads them. */
#ifndef CW_TEXT_CODE_H
#define CW_TEXT_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/slice.h"

/* Writes bytes, five of which make eight characters, in base32 (RFC 4648, without padding; in
 * lower case). `n` is a multiple of 5; *text has room for n / 5 * 8. */
void cw_base32_write(const uint8_t *bytes, size_t n, char *text);

/* Exactly six digits. */
bool cw_code_digits(struct cw_slice code, uint32_t *number);

/* A recovery code, without its hyphens and in lower case. False: it has another form. */
bool cw_code_recovery(struct cw_slice code, char plain[CW_RECOVERY_CODE_LEN]);

/* Cuts "password code" at its last blank. False: what is behind it has the form of no code. */
bool cw_code_split(struct cw_slice *password, struct cw_slice *code);

/* Has the password the form of one that the server has made for a device? */
bool cw_code_is_device(struct cw_slice password);

#endif
