/* websocket_frame.h - one frame of WebSocket (RFC 6455, 5.2): its header, its mask, the codes
 * of a close frame. The order of frames is checked in websocket.c. Private to
 * frame/websocket.c. */
#ifndef CW_FRAME_WEBSOCKET_FRAME_H
#define CW_FRAME_WEBSOCKET_FRAME_H

#include "frame/framer.h"

/* Bits of the first octet: "FIN", and the bit of the opcode that control frames have; of the
 * second: "MASK". */
#define CW_WEBSOCKET_FIN     0x80u
#define CW_WEBSOCKET_CONTROL 0x08u
#define CW_WEBSOCKET_MASKED  0x80u

/* 5.5: "All control frames MUST have a payload length of 125 bytes or less". */
#define CW_WEBSOCKET_CONTROL_MAX 125

/* The first two octets; then 0, 2 or 8 of an extended length; then 4 of the mask. */
#define CW_WEBSOCKET_HEADER_MIN 2
#define CW_WEBSOCKET_MASK_LEN   4
#define CW_WEBSOCKET_CONTROL_FRAME_MAX                                                             \
    (CW_WEBSOCKET_HEADER_MIN + CW_WEBSOCKET_MASK_LEN + CW_WEBSOCKET_CONTROL_MAX)

enum cw_websocket_opcode {
    CW_WEBSOCKET_CONTINUATION = 0,
    CW_WEBSOCKET_TEXT = 1,
    CW_WEBSOCKET_BINARY = 2,
    CW_WEBSOCKET_CLOSE = 8,
    CW_WEBSOCKET_PING = 9,
    CW_WEBSOCKET_PONG = 10
};

/* 7.4.1 */
enum cw_websocket_code {
    CW_WEBSOCKET_NORMAL = 1000,
    CW_WEBSOCKET_GOING_AWAY = 1001,
    CW_WEBSOCKET_PROTOCOL_ERROR = 1002,
    CW_WEBSOCKET_UNSUPPORTED_DATA = 1003,
    CW_WEBSOCKET_INVALID_DATA = 1007,
    CW_WEBSOCKET_POLICY_VIOLATION = 1008,
    CW_WEBSOCKET_TOO_BIG = 1009
};

/* A header. */
struct cw_websocket_frame {
    bool fin;
    uint8_t opcode;
    uint8_t header_n; /* its octets */
    uint32_t mask;    /* in the order of memory; 0: none */
    uint64_t body_n;
};

/* These return what is wrong with the first octet, the second, and the length, or NULL. Call them
 * in this order. `masked`: the peer must mask its frames. */
const char *cw_websocket_check_first(uint8_t first);
const char *cw_websocket_check_second(uint8_t first, uint8_t second, bool masked);
const char *cw_websocket_check_length(uint8_t second, uint64_t body_n);

/* Is the code allowed in a close frame? */
bool cw_websocket_is_code(unsigned code);

/* The length of the header with this second octet. */
size_t cw_websocket_header_n(uint8_t second);

/* Reads a complete header at p. */
struct cw_websocket_frame cw_websocket_read_header(const uint8_t *p);

/* Writes the header of an unmasked last frame into the bytes before `end`. Returns how many. */
size_t cw_websocket_write_header(uint8_t *end, enum cw_websocket_opcode opcode, uint64_t n);

/* 5.3: "octet i of the transformed data is the XOR of octet i of the original data with octet at
 * index i modulo 4 of the masking key". Returns the key for what follows. */
uint32_t cw_websocket_mask(uint8_t *p, size_t n, uint32_t mask);

#endif
