/* answer.h - an answer as the message that goes out. Called by inbound.c. */
#ifndef CW_CORE_ANSWER_H
#define CW_CORE_ANSWER_H

#include "core/core.h"

struct request;

void cw_request_send_answer(struct cw_core *core, struct request *request);

#endif
