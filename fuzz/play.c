/* play.c - see play.h. Its messages: play_message.c. */
#include "play.h"

uint8_t play_take(struct play *play)
{
    if (play->program.n == 0)
        return 0;
    play->program.n--;
    return *play->program.p++;
}

const char *play_conn_name(unsigned c)
{
    static const char *const names[PLAY_CONNS] = {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"};
    return names[c];
}

void play_show(struct play *play, const char *what, unsigned c, struct cw_slice bytes)
{
    if (!play->trace)
        return;
    fprintf(stderr, "%s%s", c < PLAY_CONNS ? play_conn_name(c) : "", what);
    for (size_t i = 0; i < bytes.n; i++)
        fprintf(stderr, " %02x", bytes.p[i]);
    fputc('\n', stderr);
}

void play_show_trace(struct play *play)
{
    if (play->trace)
        fwrite(play->world.trace.p, 1, play->world.trace.n, stderr);
    world_clear(&play->world);
}
