/* play_talk.c - see play_talk.h. Lines that go in, of the programs call, record and play:
 *
 *   begin KIND PLACE [SEQ]   it was begun, SEQ: for this message
 *   says KIND LINE           it says how it stands
 *   end KIND, fail KIND      it has ended, the latter with a failure */
#include "play_talk.h"

#include <string.h>

#include "chat/talk.h"
#include "play_words.h"

bool play_talk(struct cw_chat *chat, const char *name, const char *rest)
{
    const char *kind = play_word(&rest);
    enum cw_talk_kind talk = strcmp(kind, "call") == 0     ? CW_TALK_CALL
                             : strcmp(kind, "record") == 0 ? CW_TALK_RECORD
                                                           : CW_TALK_PLAY;
    if (strcmp(name, "says") == 0) {
        cw_talk_take(chat, talk, rest);
    } else if (strcmp(name, "end") == 0 || strcmp(name, "fail") == 0) {
        cw_talk_end(chat, talk, name[0] == 'e');
    } else if (strcmp(name, "begin") == 0) {
        const char *place = play_word(&rest);
        cw_talk_begin(chat, talk, place, play_number(&rest));
    } else {
        return false;
    }
    return true;
}
