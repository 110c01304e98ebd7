/* call_stats.h - prints the statistics of a call, for people and for programs. */
#ifndef CHINWAG_CLI_CALL_STATS_H
#define CHINWAG_CLI_CALL_STATS_H

#include <stdio.h>

#include "call_audio.h"

/* A table with a row for each speaker. `round_trip_ms` below 0: unknown. */
void call_stats_print(FILE *out, const struct call_audio *audio, double round_trip_ms,
                      struct chinwag_call_way way);

/* The same as one JSON object and a line end. */
void call_stats_print_json(FILE *out, const struct call_audio *audio, double round_trip_ms,
                           struct chinwag_call_way way);

#endif
