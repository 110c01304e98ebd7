/* trust.h - which server the command speaks to, by its key: from known_servers, a link or an
 * option, and what is said when it is another one.
 *
 * A key that is known is replaced only by the server that has it (CHINWAG_NEXT_KEY), never by a
 * link or an option; one that is new is stored when the server has proved that it has it. Callers:
 * main.c begins, session.c and the commands that wait for themselves. */
#ifndef CHINWAG_CLI_TRUST_H
#define CHINWAG_CLI_TRUST_H

#include "chinwag/chinwag.h"
#include "cli.h"
#include "known_servers.h"

/* What is known of a further server, for a program that speaks to several: it is in use from now
 * on, and the functions below are about it, until trust_use names another one. */
struct trust;
struct trust *trust_another(void);
struct trust *trust_in_use(void);
void trust_use(struct trust *which);
void trust_forget(struct trust *which);

/* Chooses the keys for cli->server, whose address is good. Returns CLI_DONE, or prints why the
 * server is not spoken to. */
int trust_begin(const struct cli *cli);

/* Adds the keys to the options of a client. */
void trust_fill(struct chinwag_options *options);

/* For each event: a connection stores a new key; the server's next key replaces the one that is
 * known; a server that nobody vouches for is asked about on the terminal. true: the client goes on,
 * and the event is dealt with. */
bool trust_take(chinwag_client *client, const struct chinwag_event *event);

/* A key that a server has, to be written into known_servers in the place of an old one ("": of
 * none). */
struct trust_news {
    char server[KNOWN_NAME_MAX], old[KNOWN_KEY_MAX], key[KNOWN_KEY_MAX];
    enum known_kind kind;
};
/* Writes it, in any thread. Returns what there is to say of that, to be freed; NULL: nothing. */
char *trust_write(const struct trust_news *news);
/* For a program that does not wait for the disk: from now on `write` gets what trust_take would
 * have written. NULL: as it was. */
typedef void trust_writer(void *context, const struct trust_news *news);
void trust_write_by(trust_writer *write, void *context);

/* The key that was new, and for which `write` was called; *option: the one that gives it to another
 * process. NULL: there is none, or the server has replaced it. */
const char *trust_new_key(const struct trust *which, const char **option);

/* Prints what CHINWAG_DISCONNECTED with one of the codes about keys means, and what to do. false:
 * it has another code, and nothing is printed. */
bool trust_explain(const struct chinwag_event *event);

/* The key of the server in use, for links; "": none. */
const char *trust_curve_key(void);

/* The key that it is known by, of whatever kind, for people to compare; "": none, or it is not
 * known yet. */
const char *trust_key(void);

int command_forget_server(const struct cli *cli);

#endif
