/* text.h - messages and bytes as text, for the wire tests and their tools.
 *
 * A message is one line:
 *   request "whisper" username="alice" ... content="hi"
 *   response "login" 0 username="alice" token="..." | server="x" features=[]
 *   update "call_data" sender="bob" samples=[0,-1,300]
 *   client_update "call_data" ... samples=packet<00000001...> (ogg<...> likewise)
 *   response "history" 0 | list=[{kind="text" seq=1},{kind="delete" of=1}]
 * "|" stands for the trailing map. Fields have the names of struct cw_msg, in
 * the order of the message's row. A message that cannot be decoded:
 *   BAD_REQUEST request "whisper"
 * In strings, control characters, '"' and '\' are written \xNN.
 *
 * Bytes: pairs of hex digits, or "text" for its bytes, each perhaps with *N
 * for N times; blanks anywhere, # to the end of the line is a comment. */
#ifndef TEST_WIRE_TEXT_H
#define TEST_WIRE_TEXT_H

#include "base/alloc.h"
#include "wire/msg.h"

/* Appends the line, without a line feed. `code` is what cw_msg_decode gave. */
void text_of_msg(const struct cw_msg *msg, int code, struct cw_buf *out);

/* The message of a line (no BAD_REQUEST and the like). Its strings lie in the
 * arena. Returns false when the line is not understood. */
bool msg_of_text(const char *line, struct cw_arena *arena, struct cw_msg *msg);

/* Appends the bytes. Returns false when the notation is wrong. */
bool bytes_of_text(const char *text, struct cw_buf *out);

#endif
