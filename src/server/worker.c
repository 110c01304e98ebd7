/* worker.c - see worker.h. */
#include "server/worker.h"

#include <sys/resource.h>

#define WORKER_NICE 10

void cw_worker_begin(void)
{
    /* Linux: PRIO_PROCESS and 0 mean the calling thread. */
    setpriority(PRIO_PROCESS, 0, WORKER_NICE);
}
