/* call_stats.c - see call_stats.h. */
#include "call_stats.h"

#include <inttypes.h>
#include <string.h>

#include "output.h"

static void print_round_trip(FILE *out, double round_trip_ms)
{
    if (round_trip_ms >= 0)
        fprintf(out, "round trip %.1f ms, ", round_trip_ms);
}

static void print_row(FILE *out, const char *name, const struct cw_receiver_stats *stats)
{
    const struct cw_jitter_stats *jitter = &stats->jitter;
    if (stats->plain)
        fprintf(out, "%8s %6s %6s %8s %10s %8s", "list", "-", "-", "-", "-", "-");
    else
        fprintf(out, "%8" PRIu64 " %6" PRIu64 " %6" PRIu64 " %8" PRIu64 " %7" PRIu64 " ms %5d ms",
                jitter->received, jitter->lost, jitter->late, jitter->dropped, jitter->concealed_ms,
                jitter->jitter_ms);
    fprintf(out, " %5d ms  ", jitter->delay_ms);
    output_text(out, name, strlen(name));
    fputc('\n', out);
}

void call_stats_print(FILE *out, const struct call_audio *audio, double round_trip_ms,
                      struct chinwag_call_way way)
{
    print_round_trip(out, round_trip_ms);
    fprintf(out, "sent %" PRIu64 " packets, dropped %" PRIu64 "\n", call_audio_sent(audio),
            call_audio_unsent(audio));
    if (way.udp)
        fprintf(out, "by datagrams: %u %% lost to the server, %u %% behind it, %u %% from it\n",
                way.lost_to, way.lost_behind, way.lost_from);
    fprintf(out, "the others miss %u %% of what you say\n", call_audio_unheard(audio));
    if (call_audio_count(audio) == 0)
        return;
    fprintf(out, "%8s %6s %6s %8s %10s %8s %8s  from\n", "received", "lost", "late", "dropped",
            "concealed", "jitter", "buffer");
    for (size_t i = 0; i < call_audio_count(audio); i++) {
        struct cw_receiver_stats stats = call_audio_stats(audio, i);
        print_row(out, call_audio_name(audio, i), &stats);
    }
}

static void print_speaker_json(FILE *out, const char *name, const struct cw_receiver_stats *stats)
{
    const struct cw_jitter_stats *jitter = &stats->jitter;
    fputs("{\"name\":", out);
    output_json_string(out, name, strlen(name));
    fprintf(out,
            ",\"speaking\":%s,\"plain\":%s,\"level\":%.1f,\"received\":%" PRIu64
            ",\"lost\":%" PRIu64 ",\"late\":%" PRIu64 ",\"dropped\":%" PRIu64
            ",\"duplicates\":%" PRIu64 ",\"garbage\":%" PRIu64 ",\"repaired\":%" PRIu64
            ",\"concealed_ms\":%" PRIu64 ",\"jitter_ms\":%d,\"buffer_ms\":%d,\"target_ms\":%d}",
            stats->speaking ? "true" : "false", stats->plain ? "true" : "false",
            (double)stats->level.rms, jitter->received, jitter->lost, jitter->late, jitter->dropped,
            jitter->duplicates, stats->garbage, stats->repaired, jitter->concealed_ms,
            jitter->jitter_ms, jitter->delay_ms, jitter->target_ms);
}

void call_stats_print_json(FILE *out, const struct call_audio *audio, double round_trip_ms,
                           struct chinwag_call_way way)
{
    fputs("{\"type\":\"stats\"", out);
    if (round_trip_ms >= 0)
        fprintf(out, ",\"round_trip_ms\":%.2f", round_trip_ms);
    fprintf(out, ",\"udp\":%s", way.udp ? "true" : "false");
    if (way.udp)
        fprintf(out, ",\"lost_to\":%u,\"lost_behind\":%u,\"lost_from\":%u", way.lost_to,
                way.lost_behind, way.lost_from);
    fprintf(out, ",\"unheard\":%u", call_audio_unheard(audio));
    fprintf(out, ",\"sent\":%" PRIu64 ",\"unsent\":%" PRIu64 ",\"speakers\":[",
            call_audio_sent(audio), call_audio_unsent(audio));
    for (size_t i = 0; i < call_audio_count(audio); i++) {
        struct cw_receiver_stats stats = call_audio_stats(audio, i);
        if (i > 0)
            fputc(',', out);
        print_speaker_json(out, call_audio_name(audio, i), &stats);
    }
    fputs("]}\n", out);
}
