/* curve_traffic.h - a CURVE connection after its handshake: encrypts frames into MESSAGE
 * commands and decrypts them (RFC 26, "The MESSAGE Command").
 *
 * A MESSAGE is an ordinary frame without the flag COMMAND, as in libzmq. The content of the box
 * begins with one octet of flags: MORE, and COMMAND for a command (PING, PONG), which RFC 26
 * does not define and all implementations send.
 *
 * Private to src/frame. */
#ifndef CW_FRAME_CURVE_TRAFFIC_H
#define CW_FRAME_CURVE_TRAFFIC_H

#include "base/buf.h"
#include "frame/box.h"
#include "frame/zmtp_frame.h"

/* The flags in a box. Others "are reserved for future use and MUST be zero". */
#define CW_CURVE_MORE    0x01u
#define CW_CURVE_COMMAND 0x02u

/* "message = %d7 "MESSAGE" message-nonce message-box": the name and the short nonce. */
#define CW_CURVE_MESSAGE_HEAD 16
/* So many bytes longer is the body of a sealed frame; the octet of flags is included. */
#define CW_CURVE_MESSAGE_GROWTH (CW_CURVE_MESSAGE_HEAD + CW_BOX_MAC_N + 1)

struct cw_curve_traffic {
    uint8_t shared[CW_BOX_KEY_N]; /* of both short-term pairs; wiped with the connection */
    uint64_t sent, received;      /* the last short nonce in each direction */
    bool is_server;
};

/* The short nonce of the next command that we send. */
static inline uint64_t cw_curve_next_nonce(struct cw_curve_traffic *traffic)
{
    return ++traffic->sent;
}

/* Writes "an 8 octet short nonce", in network order, behind its prefix of 16 characters. */
void cw_curve_nonce(uint8_t nonce[CW_BOX_NONCE_N], const char *prefix, uint64_t number);

/* Writes and reads the short nonce as it is sent: 8 octets at p. */
void cw_curve_write_number(uint8_t *p, uint64_t number);
uint64_t cw_curve_read_number(const uint8_t *p);

/* Checks the first CW_CURVE_MESSAGE_HEAD octets of a frame's body. Returns what is wrong,
 * or NULL. */
const char *cw_curve_check_head(const struct cw_curve_traffic *traffic, const uint8_t *head);

/* Opens the box of a body whose head was checked: writes n octets, flags included, to `plain`,
 * which may be their place in the body. false: the box is forged. */
bool cw_curve_open(struct cw_curve_traffic *traffic, uint8_t *plain, const uint8_t *body, size_t n);

/* The nonces of the next MESSAGE in each direction, which are counted. */
void cw_curve_sent_nonce(struct cw_curve_traffic *traffic, uint8_t nonce[CW_BOX_NONCE_N]);
void cw_curve_received_nonce(struct cw_curve_traffic *traffic, uint8_t nonce[CW_BOX_NONCE_N]);

/* Appends the beginning of a sealed frame of n plain bytes, up to its box. */
void cw_curve_put_head(const uint8_t nonce[CW_BOX_NONCE_N], size_t n, struct cw_buf *sealed);

/* The first octet of a box. */
static inline uint8_t cw_curve_flags(uint8_t frame_flags)
{
    return (uint8_t)(((frame_flags & CW_ZMTP_MORE) != 0 ? CW_CURVE_MORE : 0) |
                     ((frame_flags & CW_ZMTP_COMMAND) != 0 ? CW_CURVE_COMMAND : 0));
}

/* Counts the nonce of a body whose head was checked and whose box is not opened. */
void cw_curve_skip(struct cw_curve_traffic *traffic);

/* Appends the sealed form of complete plain frames; see cw_framer_seal. */
void cw_curve_seal(struct cw_curve_traffic *traffic, const struct cw_slice pieces[], size_t count,
                   struct cw_buf *sealed);

#endif
