/* play_talk.c - see play_talk.h. Lines that go in, of the programs call, record and play:
 *
 *   begin KIND PLACE [SEQ]   it was begun, SEQ: for this message
 *   says KIND LINE           it says how it stands
 *   end KIND                 it has ended */
#include "play_talk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chat/talk.h"

bool play_talk(struct cw_chat *chat, const char *name, const char *rest)
{
    char kind[16] = "", place[64] = "";
    uint64_t seq = 0;
    int n = 0;
    sscanf(rest, "%15s %n", kind, &n);
    enum cw_talk_kind talk = strcmp(kind, "call") == 0     ? CW_TALK_CALL
                             : strcmp(kind, "record") == 0 ? CW_TALK_RECORD
                                                           : CW_TALK_PLAY;
    rest += n;
    if (strcmp(name, "says") == 0) {
        cw_talk_take(chat, talk, rest);
    } else if (strcmp(name, "end") == 0) {
        cw_talk_end(chat, talk);
    } else if (strcmp(name, "begin") == 0) {
        sscanf(rest, "%63s %" SCNu64, place, &seq);
        cw_talk_begin(chat, talk, place, seq);
    } else {
        return false;
    }
    return true;
}
