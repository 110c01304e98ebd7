/* answer.h - makes the message of an answer. Called by inbound.c. */
#ifndef CW_CORE_ANSWER_H
#define CW_CORE_ANSWER_H

#include "core/core.h"

struct request;

void cw_request_send_answer(struct cw_core *core, struct request *request);

#endif
