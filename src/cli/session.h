/* session.h - a command's connection to the server, and a request on it. */
#ifndef CHINWAG_CLI_SESSION_H
#define CHINWAG_CLI_SESSION_H

#include "chinwag/chinwag.h"
#include "cli.h"
#include "output_list.h"
#include "state_file.h"

struct session {
    chinwag_client *client;
    const char *server;
    struct state_account account;   /* with session_begin only the name */
    int expected;                   /* a code of the answer that is no failure; 0: none */
    int64_t patience_ms;            /* how long an answer may take; 0: as long as usual */
    int64_t attach;                 /* the number of the attach; 0: none */
    struct state_position position; /* where a listen has stopped */
    bool positioned;                /* `position` is known */
    bool connected;                 /* the connection of now was good */
    bool closed;                    /* the one before ended before it was good */
    char end[256];                  /* why the last one ended */
};

/* Opens a connection without a login, for `name`; a login on it makes a part. */
void session_begin(struct session *session, const struct cli *cli, const char *name);

/* How a command uses the session. A listen and a chat are the session's own connection; the others
 * are parts, so that it goes on. A chat begins where the session is when none has stopped here: it
 * has no use for all messages from the first one on. */
enum session_use { SESSION_COMMAND, SESSION_LISTEN, SESSION_CHAT, SESSION_CALL };

/* "chinwag VERSION on HOST", for the list of devices. */
#define SESSION_CLIENT_MAX 65
void session_client_name(char name[SESSION_CLIENT_MAX]);

/* Opens a connection with the saved session for this use; nothing is sent yet. Returns CLI_DONE, or
 * prints a message. */
int session_open(struct session *session, const struct cli *cli, enum session_use use);

void session_close(struct session *session);

/* Waits until the request is answered, at most 30 seconds; other events are dropped. `request` may
 * be a negative result of a request function. Prints a message when the request failed. *answer
 * (NULL: not wanted) is good until the next use. */
int session_wait(struct session *session, const char *action, int64_t request,
                 struct chinwag_event *answer);

/* The connection has ended (CHINWAG_DISCONNECTED). True: that is no reason to give up. A good one
 * (`connected`) may end because the server is upgraded or restarted, and so may one that has just
 * begun: the library connects again, and sends again what it may. The second time in a row there is
 * no server. */
bool session_survives(struct session *session, const struct chinwag_event *end);

/* Opens the session for a command, asks, waits, closes. */
typedef int64_t session_request(chinwag_client *client, const void *arguments);
int session_ask(const struct cli *cli, const char *action, session_request *make,
                const void *arguments);

/* The same for a request that lists something: prints every entry, as lines or,
 * with --json, as JSON. */
int session_list(const struct cli *cli, const char *action, session_request *make,
                 const void *arguments, output_entry *print);

/* The same; then `shown` goes on in the session, with what was printed. */
typedef int session_shown(struct session *session, const struct cli *cli,
                          const struct chinwag_event *answer);
int session_list_then(const struct cli *cli, const char *action, session_request *make,
                      const void *arguments, output_entry *print, session_shown *shown);

/* The time of a monotonic clock. */
int64_t session_now_ms(void);
int64_t session_now_us(void);

/* From now on SIGINT and SIGTERM are noted instead of ending the program. */
void session_note_signals(void);
bool session_was_signalled(void);

#endif
