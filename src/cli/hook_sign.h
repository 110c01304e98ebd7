/* hook_sign.h - the signature by which the receiver of a hook knows who has posted, and when. For
 * hook_post.c. */
#ifndef CHINWAG_CLI_HOOK_SIGN_H
#define CHINWAG_CLI_HOOK_SIGN_H

#include <stddef.h>
#include <stdint.h>

/* "Chinwag-Signature: t=", a time, ",v1=" and 64 digits. */
#define HOOK_SIGNATURE_MAX 128

/* The header: HMAC-SHA256 of "TIME.BODY", in hexadecimal digits; the time is seconds since 1970. */
void hook_sign(char header[HOOK_SIGNATURE_MAX], const char *secret, int64_t time_s,
               const char *body, size_t n);

#endif
