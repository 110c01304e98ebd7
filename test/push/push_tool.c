/* push_tool.c - seals a push message for a test that opens it with another implementation.
 *
 * push_tool: reads from standard input the peer's point (65 bytes), its secret (16), random bytes
 * (32 and 16), and the text; writes the body. */
#include <stdio.h>

#include "push/seal.h"

int main(void)
{
    struct cw_push_peer peer;
    struct cw_push_random random;
    uint8_t text[2048];
    struct cw_buf body = {0};
    if (fread(&peer, 1, sizeof peer, stdin) != sizeof peer ||
        fread(&random, 1, sizeof random, stdin) != sizeof random)
        return 2;
    size_t n = fread(text, 1, sizeof text - 1, stdin);
    if (!cw_push_seal(&peer, &random, cw_slice_of(text, n), sizeof text, &body))
        return 1;
    fwrite(body.p, 1, body.n, stdout);
    cw_buf_finish(&body);
    return 0;
}
