/* script.h - a client core and a server that says what a test wants.
 *
 * No sockets, no clock: the test moves `now`. The server's end uses the framer
 * and the codec of the project, so a script reads as messages, and the tests
 * that are about bytes compare bytes. */
#ifndef CW_TEST_CLIENT_SCRIPT_H
#define CW_TEST_CLIENT_SCRIPT_H

#include "client/client_core.h"
#include "frame/zmtp.h"

#define SCRIPT_MESSAGES_MAX 512

struct script {
    uint64_t now;
    struct cw_client *client;
    struct cw_zmtp server;
    struct cw_buf received[SCRIPT_MESSAGES_MAX]; /* bodies of what the client sent */
    size_t received_count;
    size_t received_read;
    unsigned pings;
    bool speaks_3_0;
    enum cw_client_proof proof; /* of connections from now on */
};

/* A client at time 1,000 with seed 1; `config` may be NULL. */
void script_start(struct script *s, const struct cw_client_config *config);
void script_finish(struct script *s);

/* Lets the client do what it can and takes in what it sends. */
void script_pump(struct script *s);

/* The transport is open. */
void script_open(struct script *s);

/* Opens a connection and shakes hands; expects CHINWAG_CONNECTED. */
void script_connect(struct script *s);

/* The server closes the connection. */
void script_close(struct script *s);

/* The next event, which must be there and of this type. */
struct chinwag_event script_event(struct script *s, enum chinwag_event_type type);

/* The next event is the answer to this request with this code. */
void script_answer(struct script *s, int64_t number, int code);

/* There is no event. */
void script_no_event(struct script *s);

/* The next message that the client sent, which must have this action. */
struct cw_msg script_received(struct script *s, enum cw_action action);

/* The client sent nothing more. */
void script_received_nothing(struct script *s);

/* The server sends raw bytes; one message; a bare response. */
void script_send_bytes(struct script *s, const void *p, size_t n);
void script_send_body(struct script *s, const void *p, size_t n);
void script_send(struct script *s, const struct cw_msg *msg);
void script_respond(struct script *s, enum cw_action action, int code);

/* A whisper from bob with an id. */
void script_send_whisper(struct script *s, uint64_t id, const char *content);

/* Requests as the public functions make them. */
int64_t script_login(struct script *s, const char *username);
int64_t script_attach(struct script *s, const char *username, const char *token);
int64_t script_whisper(struct script *s, const char *content);
int64_t script_add_contact(struct script *s);

/* What is in a message that was received. */
void script_assert_slice(struct cw_slice s, const char *expected);
bool script_has(const struct cw_msg *msg, enum cw_extra_index index);

/* Connects and logs in as alice with the token "t0k3n". */
void script_logged_in(struct script *s);

#endif
