/* plan.h - which runs there are, and making them. */
#ifndef CW_BENCH_PLAN_H
#define CW_BENCH_PLAN_H

#include "bench.h"

struct plan {
    const char *only;  /* the one workload that is wanted, or NULL */
    const char *peers; /* the one server besides limit, or NULL: all there are */
    unsigned rounds;
    bool quick;
    struct table *table;
    unsigned failures; /* runs that did not end well */
};

/* Carries out the plan: rounds in which the servers take turns, a fresh one
 * for each run. */
void plan_carry_out(struct plan *plan);

/* Does the plan have that workload? */
bool plan_knows(const char *work);

#endif
