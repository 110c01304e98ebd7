/* websocket_frame.c - see websocket_frame.h. Quotes are from RFC 6455. */
#include "frame/websocket_frame.h"

/* "RSV1, RSV2, RSV3", "opcode". */
#define FLAG_RESERVED 0x70u
#define OPCODE        0x0fu
/* Values of the 7 bits of length: the length is in the next 2 or 8 octets. */
#define LENGTH_16 126
#define LENGTH_64 127

/* --- checks ------------------------------------------------------------------------ */

const char *cw_websocket_check_first(uint8_t first)
{
    unsigned opcode = first & OPCODE;
    /* "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values" */
    if ((first & FLAG_RESERVED) != 0)
        return "a frame has reserved bits";
    if (opcode > CW_WEBSOCKET_PONG || (opcode > CW_WEBSOCKET_BINARY && opcode < CW_WEBSOCKET_CLOSE))
        return "a frame has a reserved opcode";
    if ((first & CW_WEBSOCKET_CONTROL) != 0 && (first & CW_WEBSOCKET_FIN) == 0)
        return "a control frame is fragmented";
    return NULL;
}

const char *cw_websocket_check_second(uint8_t first, uint8_t second, bool masked)
{
    /* 5.1: "The server MUST close the connection upon receiving a frame that is not masked."
     * "A client MUST close a connection if it detects a masked frame." */
    if (((second & CW_WEBSOCKET_MASKED) != 0) != masked)
        return masked ? "a client's frame is not masked" : "a server's frame is masked";
    if ((first & CW_WEBSOCKET_CONTROL) != 0 &&
        (second & ~CW_WEBSOCKET_MASKED) > CW_WEBSOCKET_CONTROL_MAX)
        return "a control frame is too long";
    return NULL;
}

const char *cw_websocket_check_length(uint8_t second, uint64_t body_n)
{
    unsigned field = second & ~CW_WEBSOCKET_MASKED;
    if (body_n >> 63 != 0)
        return "a length has its highest bit set";
    /* "the minimal number of bytes MUST be used to encode the length" */
    if ((field == LENGTH_16 && body_n < LENGTH_16) || (field == LENGTH_64 && body_n <= UINT16_MAX))
        return "a length is not encoded in the fewest octets";
    return NULL;
}

/* 7.4.2: "0-999 [...] are not used", "1000-2999 [...] are reserved for definition by this
 * protocol, its future revisions", of which there are now some up to 1014. 7.4.1: 1004 has no
 * meaning yet, 1005 and 1006 "MUST NOT be set as a status code in a Close control frame". */
bool cw_websocket_is_code(unsigned code)
{
    return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) ||
           (code >= 3000 && code <= 4999);
}

/* --- headers ----------------------------------------------------------------------- */

static size_t extended_n(uint8_t second)
{
    unsigned field = second & ~CW_WEBSOCKET_MASKED;
    return field == LENGTH_16 ? 2 : field == LENGTH_64 ? 8 : 0;
}

size_t cw_websocket_header_n(uint8_t second)
{
    return CW_WEBSOCKET_HEADER_MIN + extended_n(second) +
           ((second & CW_WEBSOCKET_MASKED) != 0 ? CW_WEBSOCKET_MASK_LEN : 0);
}

struct cw_websocket_frame cw_websocket_read_header(const uint8_t *p)
{
    size_t extended = extended_n(p[1]);
    struct cw_websocket_frame frame = {
        .fin = (p[0] & CW_WEBSOCKET_FIN) != 0,
        .opcode = p[0] & OPCODE,
        .header_n = (uint8_t)cw_websocket_header_n(p[1]),
        .body_n = extended == 0 ? p[1] & ~CW_WEBSOCKET_MASKED : 0,
    };
    for (size_t i = 0; i < extended; i++)
        frame.body_n = frame.body_n << 8 | p[CW_WEBSOCKET_HEADER_MIN + i];
    if ((p[1] & CW_WEBSOCKET_MASKED) != 0)
        memcpy(&frame.mask, p + CW_WEBSOCKET_HEADER_MIN + extended, CW_WEBSOCKET_MASK_LEN);
    return frame;
}

/* Writes from the end to the beginning. */
size_t cw_websocket_write_header(uint8_t *end, enum cw_websocket_opcode opcode, uint64_t n)
{
    uint8_t *p = end;
    int extended = n < LENGTH_16 ? 0 : n <= UINT16_MAX ? 2 : 8;
    for (int i = 0; i < extended; i++)
        *--p = (uint8_t)(n >> (8 * i));
    *--p = (uint8_t)(extended == 0 ? n : extended == 2 ? LENGTH_16 : LENGTH_64);
    *--p = (uint8_t)(CW_WEBSOCKET_FIN | opcode);
    return (size_t)(end - p);
}

/* --- masks ------------------------------------------------------------------------- */

/* Eight octets at a time. */
uint32_t cw_websocket_mask(uint8_t *p, size_t n, uint32_t mask)
{
    uint8_t key[2 * CW_WEBSOCKET_MASK_LEN], turned[CW_WEBSOCKET_MASK_LEN];
    uint64_t twice, word;
    memcpy(key, &mask, sizeof mask);
    memcpy(key + sizeof mask, &mask, sizeof mask);
    memcpy(&twice, key, sizeof twice);
    size_t i = 0;
    for (; n - i >= sizeof word; i += sizeof word) {
        memcpy(&word, p + i, sizeof word);
        word ^= twice;
        memcpy(p + i, &word, sizeof word);
    }
    for (size_t k = 0; i < n; i++, k++)
        p[i] ^= key[k];
    for (size_t k = 0; k < sizeof turned; k++)
        turned[k] = key[n % sizeof turned + k];
    memcpy(&mask, turned, sizeof mask);
    return mask;
}
