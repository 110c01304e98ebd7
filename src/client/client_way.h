/* client_way.h - the ways of a call's packets that the server has told, and how one is heard, as
 * listeners report it: pure, as client_core.h. Callers: client_link.c, client_answers.c and
 * client_core.c, which learn of it or ask for it; client_datagrams.c, client_audio.c and
 * client_io.c, which use it. */
#ifndef CW_CLIENT_CLIENT_WAY_H
#define CW_CLIENT_CLIENT_WAY_H

#include "wire/msg.h"

struct cw_client;

/* By which way audio of the call that the program has joined may go as datagrams. */
struct cw_client_way {
    unsigned number;     /* another one whenever this has changed */
    struct cw_slice at;  /* HOST:PORT; empty: as the connection */
    struct cw_slice key; /* as in the response of join_call; empty: there is none */
};
struct cw_client_way cw_client_way(const struct cw_client *client);

/* The features that a program has asked for, and those about how packets travel, which are this
 * library's own affair. */
uint64_t cw_client_features(uint64_t wanted);

/* What `p` names instead of user, token and call; 0: packets go as call_data. */
uint64_t cw_client_call_id(const struct cw_client *client);

/* A packet of a speaker, as in call_data, has come that way; `again`: as a copy. */
void cw_client_heard(struct cw_client *client, struct cw_slice speaker, struct cw_slice packet,
                     bool again);

/* --- client_reports.c: how one is heard ------------------------------------------------------ */

/* A join_call of a client that says packets asks to be told. */
void cw_client_ask_reports(const struct cw_client *client, struct cw_msg *msg);
void cw_client_take_report(struct cw_client *client, const struct cw_msg *msg, uint64_t now_ms);
/* What the middle one of the listeners does not hear, in percent; who has not reported of late
 * hears all. */
unsigned cw_client_reported(const struct cw_client *client, uint64_t now_ms);

/* --- client_way.c ----------------------------------------------------------------------------- */

/* join_call was answered. */
void cw_client_take_way(struct cw_client *client, const struct cw_msg *msg);
/* The call, or the connection, is over. */
void cw_client_end_way(struct cw_client *client);

#endif
