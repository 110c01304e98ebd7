/* world_step.h - a step of a world's core, and the results that come of it. Private to world*.c. */
#ifndef CW_TEST_TRACE_WORLD_STEP_H
#define CW_TEST_TRACE_WORLD_STEP_H

#include "world.h"

uint64_t world_utc_ms(const struct world *world);
/* Gives the event to the core and carries out its effects. */
void world_step(struct world *world, struct cw_event *event);
void world_carry_out(struct world *world, const struct cw_effect *effect);

/* Executes the requests that wait. `heard`: by the core; a watcher hears of all. */
void world_execute(struct world *world, bool heard);
/* Executes and hashes what need not wait, and what comes of it. */
void world_run(struct world *world);

#endif
