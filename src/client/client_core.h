/* client_core.h - libchinwag without its socket: bytes in, bytes out, events.
 *
 * Pure: no socket, no clock, no randomness; time (monotonic milliseconds) and a random seed are
 * parameters. It owns the session, the unanswered requests, the back-off and the framing. Callers:
 * client_io.c, client_api.c and the tests. One thread. */
#ifndef CW_CLIENT_CLIENT_CORE_H
#define CW_CLIENT_CLIENT_CORE_H

#include "base/slice.h"
#include "chinwag/chinwag.h"
#include "client/client_phase.h"
#include "wire/msg.h"

struct cw_client;
struct cw_framer;

struct cw_client_config {
    struct cw_slice client_name; /* copied; at most CW_CLIENT_NAME_MAX bytes */
    bool plain;
    bool beside;        /* attach as a part */
    uint64_t features;  /* CW_FEATURE_... that are wanted */
    bool tells_reports; /* each call_report is an event, too */
    uint64_t part;      /* random, not 0: the part of this program's numbers (docs/protocol.md,
                           "Retries") */
    bool has_since;
    uint64_t since;
    struct cw_slice db, era; /* the database of `since`; copied; empty: unknown */
    uint64_t seed;
    unsigned connect_ms, silence_ms, retry_max_ms; /* 0: the usual times */
};

struct cw_client *cw_client_create(const struct cw_client_config *config);
void cw_client_destroy(struct cw_client *client);

/* --- the transport's side ----------------------------------------------------- */

enum cw_client_state cw_client_state(const struct cw_client *client);

/* Does what is due (attempts, time-outs, PING) and moves waiting requests to the output. Call it
 * before the output is taken. */
void cw_client_run(struct cw_client *client, uint64_t now_ms);

/* The transport is open, and `framer`, which the client owns now, speaks on it. Only in
 * CW_CLIENT_CONNECTING. `others`: the host has addresses that were not tried yet. If the handshake
 * fails the state is CW_CLIENT_CONNECTING again, for the next address, and there is no event; but a
 * server that shows a wrong key ends the attempt, whatever other addresses there are. */
void cw_client_connected(struct cw_client *client, struct cw_framer *framer,
                         enum cw_client_proof proof, bool others, uint64_t now_ms);

/* Bytes from the server; copied. Call cw_client_next until it returns false before more is read:
 * nothing here limits unread input. */
void cw_client_input(struct cw_client *client, struct cw_slice bytes, uint64_t now_ms);

/* The transport was closed or could not be opened; `code` (0: none) and `reason`, which is copied,
 * are those of the event. Input that came before is handled first: its events come before that of
 * the closing. */
void cw_client_closed(struct cw_client *client, int code, const char *reason);

/* The program ends the connection: its last bytes are in the output. The client can only be
 * destroyed then. */
void cw_client_close(struct cw_client *client);

/* The bytes to be sent; valid until the next call. When a connection has ended, here or at the
 * server, they are its last ones: send what the socket takes without waiting, then close it. */
struct cw_slice cw_client_output(const struct cw_client *client);
void cw_client_sent(struct cw_client *client, size_t n);

/* A chunk of a file waits until the output is empty and the kernel holds no unsent byte. Then
 * cw_client_drained moves one to the output. */
bool cw_client_has_chunk(const struct cw_client *client);
void cw_client_drained(struct cw_client *client, uint64_t now_ms);

/* When cw_client_run or cw_client_next must be called; UINT64_MAX: never. */
uint64_t cw_client_deadline(const struct cw_client *client);
/* The same, although events wait. */
uint64_t cw_client_run_deadline(const struct cw_client *client);

/* Since when the server has said nothing; 0 without a connection. */
uint64_t cw_client_silent_ms(const struct cw_client *client, uint64_t now_ms);

/* --- the program's side ----------------------------------------------------------- */

/* Takes a request (also CW_LOGIN, CW_ATTACH); username and token are filled in when it is sent,
 * where they are needed. Everything is copied. Returns its number or CHINWAG_OUTBOX_FULL. */
int64_t cw_client_request(struct cw_client *client, const struct cw_msg *msg);

/* The bytes that the next chunk may have, or the next piece; 0: wait for an answer. */
size_t cw_client_file_room(const struct cw_client *client, bool upload);

/* Sends an unanswered message: live audio (group_name, samples) or typing; see
 * chinwag_call_data. */
int cw_client_update(struct cw_client *client, const struct cw_msg *msg);

/* The next event; its pointers are valid until the next call of this. */
bool cw_client_next(struct cw_client *client, uint64_t now_ms, struct chinwag_event *event);

/* The response to this request, out of its turn; valid as above. False: it is not there yet, or too
 * many other events wait. */
bool cw_client_next_answer(struct cw_client *client, int64_t request, uint64_t now_ms,
                           struct chinwag_event *event);

/* Will there be a response to this request, and is there room for what comes before it? */
bool cw_client_awaits(const struct cw_client *client, int64_t request);

#endif
