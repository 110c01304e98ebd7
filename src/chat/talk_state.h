/* talk_state.h - how the call, the recording and the playing stand that run beside the chat, as the
 * lines of those programs say it (chinwag help call, record, play). talk.c calls it; the screen
 * looks at it. Pure. */
#ifndef CW_CHAT_TALK_STATE_H
#define CW_CHAT_TALK_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Levels go from 0 to this. */
#define CW_TALK_LEVEL_MAX 8u
/* More than a call has participants. */
#define CW_TALKERS_MAX 64
#define CW_TALK_WAVE   64

/* Another one in the call. */
struct cw_talker {
    char *name;
    unsigned level, percent;
    bool speaking, muted; /* muted by this user, for this user */
};

struct cw_talk_volume {
    char *name;
    unsigned percent;
};

enum cw_talk_kind { CW_TALK_CALL, CW_TALK_RECORD, CW_TALK_PLAY };

enum cw_voice_state {
    CW_VOICE_NONE,
    CW_VOICE_BEGINS, /* the program has not said anything yet */
    CW_VOICE_RECORDING,
    CW_VOICE_RECORDED, /* it waits for what is wanted */
    CW_VOICE_PLAYING,
    CW_VOICE_PAUSED
};

/* A recording of this user (`own`), or one that is played. */
struct cw_voice {
    enum cw_voice_state state;
    bool own;
    bool stopped; /* by the user */
    char *place;  /* the conversation */
    uint64_t seq;
    unsigned at_ms, whole_ms, percent;
    unsigned level;
    /* 64 levels from '0' to 'o', and a zero; of a recording that goes on the last ones, the newest
     * at the end. */
    char wave[CW_TALK_WAVE + 1];
};

struct cw_talk {
    bool calling; /* this program is in a call, or calls somebody, ... */
    char *place;  /* ... which is of this conversation */
    bool told;    /* the program of the call has said how it stands */
    unsigned level;
    bool rings, air, muted, deafened, silenced, lost, unheard;
    bool push; /* it speaks only while it is told so */
    struct cw_talker *talkers;
    size_t talker_count;
    struct cw_talk_volume *volumes; /* that the user has set, for all calls */
    size_t volume_count;
    bool armed;  /* push to talk is on */
    bool holds;  /* the terminal tells when a key is released */
    bool wanted; /* ... which it was asked for */
    bool pushed;
    uint64_t pushed_ms; /* when the key was heard of last */
    char *caller;       /* who is calling; NULL: nobody */
    uint64_t caller_ms, rung_ms;
    char *device; /* that the user has chosen; NULL: the usual one */
    struct cw_voice voice;
};

void cw_talk_finish(struct cw_talk *talk);

/* The call is over: what was said of it goes. */
void cw_talk_forget_call(struct cw_talk *talk);
/* The other one in the call with this name; NULL: is not in it, as far as is known. */
const struct cw_talker *cw_talk_talker(const struct cw_talk *talk, const char *name);

/* Take a line of the call, or of the recording or playing. What is not understood is left alone. */
void cw_talk_take_call(struct cw_talk *talk, const char *line);
void cw_talk_take_voice(struct cw_voice *voice, const char *line);

#endif
