/* keys.c - see keys.h. */
#include "screen/keys.h"

#include "base/utf8.h"

#define ESC 0x1b
#define DEL 0x7f

/* --- one byte, or a character --------------------------------------------------------------- */

static enum cw_key_kind kind_of_control(uint8_t byte)
{
    switch (byte) {
    case '\r':
        return CW_KEY_ENTER;
    case '\t':
        return CW_KEY_TAB;
    case '\b':
    case DEL:
        return CW_KEY_BACKSPACE;
    case ESC:
        return CW_KEY_ESCAPE;
    default:
        return CW_KEY_CONTROL;
    }
}

static int32_t letter_of_control(uint8_t byte)
{
    if (byte == 0)
        return ' ';
    return byte <= 26 ? 'a' + byte - 1 : '[' + byte - 27;
}

static int32_t decode_character(const uint8_t *p, size_t n)
{
    int32_t c = n == 1 ? p[0] : p[0] & (0x7f >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3f);
    return c;
}

/* `p` is a character, or the beginning of one. */
static bool take_plain(struct cw_keys *keys, size_t at, struct cw_key *key)
{
    const uint8_t *p = keys->held + at;
    size_t n = keys->n - at;
    bool cut;
    *key = (struct cw_key){.kind = CW_KEY_CHARACTER, .alt = at != 0};
    if (p[0] < 0x20 || p[0] == DEL) {
        key->kind = kind_of_control(p[0]);
        key->c = key->kind == CW_KEY_CONTROL ? letter_of_control(p[0]) : 0;
    } else if (cw_utf8_valid_prefix(cw_slice_of(p, n), &cut) == n) {
        key->c = decode_character(p, n);
    } else if (cut) {
        return false;
    } else {
        key->kind = CW_KEY_NONE; /* no UTF-8 */
    }
    keys->n = 0;
    return key->kind != CW_KEY_NONE;
}

/* --- sequences ------------------------------------------------------------------------------ */

static enum cw_key_kind kind_of_final(uint8_t final)
{
    static const struct {
        uint8_t final;
        enum cw_key_kind kind;
    } finals[] = {{'A', CW_KEY_UP},       {'B', CW_KEY_DOWN},     {'C', CW_KEY_RIGHT},
                  {'D', CW_KEY_LEFT},     {'H', CW_KEY_HOME},     {'F', CW_KEY_END},
                  {'Z', CW_KEY_BACK_TAB}, {'I', CW_KEY_FOCUS_IN}, {'O', CW_KEY_FOCUS_OUT}};
    for (size_t i = 0; i < sizeof finals / sizeof finals[0]; i++)
        if (finals[i].final == final)
            return finals[i].kind;
    return CW_KEY_NONE;
}

static enum cw_key_kind kind_of_number(unsigned number)
{
    switch (number) {
    case 1:
    case 7:
        return CW_KEY_HOME;
    case 4:
    case 8:
        return CW_KEY_END;
    case 3:
        return CW_KEY_DELETE;
    case 5:
        return CW_KEY_PAGE_UP;
    case 6:
        return CW_KEY_PAGE_DOWN;
    case 200:
        return CW_KEY_PASTE_BEGIN;
    case 201:
        return CW_KEY_PASTE_END;
    default:
        return number >= 11 && number <= 24 ? CW_KEY_F : CW_KEY_NONE;
    }
}

/* xterm: F1 to F5 are 11 to 15, F6 to F10 17 to 21, F11 and F12 23 and 24. */
static int32_t number_of_f(unsigned number)
{
    return (int32_t)(number - 10 - (number > 16) - (number > 22));
}

/* CSI < button ; column ; row M (xterm's mode 1006); m: it is let go, which says nothing here. */
static bool finish_mouse(struct cw_keys *keys, size_t at, struct cw_key *key)
{
    unsigned numbers[3] = {0, 0, 0}, which = 0;
    bool pressed = keys->held[keys->n - 1] == 'M';
    for (size_t i = at; i + 1 < keys->n; i++) {
        uint8_t byte = keys->held[i];
        if (byte == ';')
            which += which < 2;
        else if (byte >= '0' && byte <= '9' && numbers[which] < 10000)
            numbers[which] = numbers[which] * 10 + (unsigned)(byte - '0');
    }
    keys->n = 0;
    *key = (struct cw_key){.kind = CW_KEY_MOUSE,
                           .c = (int32_t)numbers[0],
                           .row = numbers[2] - (numbers[2] > 0),
                           .column = numbers[1] - (numbers[1] > 0)};
    return pressed;
}

/* CSI numbers ; modifier final. The modifier is 1 and a sum: 2 is Alt. */
static bool finish_csi(struct cw_keys *keys, size_t at, struct cw_key *key)
{
    unsigned numbers[2] = {0, 0}, which = 0;
    bool answer = keys->held[at] >= '<' && keys->held[at] <= '?'; /* of the terminal */
    uint8_t final = keys->held[keys->n - 1];
    for (size_t i = at; i + 1 < keys->n; i++) {
        uint8_t byte = keys->held[i];
        if (byte == ';')
            which += which < 1;
        else if (byte >= '0' && byte <= '9' && numbers[which] < 1000)
            numbers[which] = numbers[which] * 10 + (unsigned)(byte - '0');
    }
    key->kind = final == '~' ? kind_of_number(numbers[0]) : kind_of_final(final);
    key->c = key->kind == CW_KEY_F ? number_of_f(numbers[0]) : 0;
    key->alt = at > 2 || (numbers[1] != 0 && ((numbers[1] - 1) & 2) != 0);
    keys->n = 0;
    return key->kind != CW_KEY_NONE && !answer;
}

/* SS3: Esc O and a letter. */
static bool finish_ss3(struct cw_keys *keys, size_t at, struct cw_key *key)
{
    uint8_t final = keys->held[keys->n - 1];
    *key = (struct cw_key){.kind = kind_of_final(final), .alt = at > 2};
    if (final == 'M')
        key->kind = CW_KEY_ENTER; /* of the keypad */
    if (final >= 'P' && final <= 'S') {
        key->kind = CW_KEY_F;
        key->c = final - 'P' + 1;
    }
    keys->n = 0;
    return key->kind != CW_KEY_NONE && key->kind != CW_KEY_FOCUS_IN &&
           key->kind != CW_KEY_FOCUS_OUT;
}

/* Held is Esc and more: a sequence, or a key with Alt. `at`: behind Esc, or Esc Esc. */
static bool take_escaped(struct cw_keys *keys, struct cw_key *key)
{
    size_t at = 1;
    if (keys->n > 2 && keys->held[1] == ESC)
        at = 2;
    uint8_t first = keys->held[at], last = keys->held[keys->n - 1];
    if (keys->n == 2 && first == ESC)
        return false; /* Esc Esc [ A: Alt and a cursor key, of some terminals */
    if (first == '[' || first == 'O') {
        if (keys->n == at + 1)
            return false;
        if (first == 'O')
            return finish_ss3(keys, at + 1, key);
        if (keys->held[at + 1] == '<' && (last == 'M' || last == 'm'))
            return finish_mouse(keys, at + 2, key);
        if (last >= 0x40 && last <= 0x7e)
            return finish_csi(keys, at + 1, key);
        keys->skipping = keys->n == CW_KEYS_HELD_MAX;
        if (keys->skipping || last < 0x20)
            keys->n = 0;
        return false;
    }
    if (first == ']' || first == 'P' || first == '_' || first == '^' || first == 'X') {
        keys->string = true;
        keys->opened = (char)first;
        keys->n = keys->report_n = 0;
        return false;
    }
    return take_plain(keys, at, key);
}

/* A string ends with BEL or with ST, Esc and a backslash. True: it is one that answers. */
static bool take_string(struct cw_keys *keys, uint8_t byte, struct cw_key *key)
{
    bool st = keys->n == 1 && byte == '\\';
    keys->held[0] = ESC;
    keys->n = byte == ESC;
    if (!st && byte != '\a') {
        if (byte >= ' ' && byte < DEL && keys->report_n < CW_KEYS_REPORT_MAX)
            keys->report[keys->report_n++] = (char)byte;
        return false;
    }
    keys->string = false;
    keys->n = 0;
    keys->report[keys->report_n] = 0;
    *key = (struct cw_key){.kind = CW_KEY_REPORT, .c = keys->opened};
    return keys->opened == ']' || keys->opened == '_';
}

bool cw_keys_waits(const struct cw_keys *keys)
{
    return keys->n != 0 || keys->skipping || keys->string;
}

bool cw_keys_take(struct cw_keys *keys, uint8_t byte, struct cw_key *key)
{
    *key = (struct cw_key){.kind = CW_KEY_NONE};
    if (keys->skipping) {
        keys->skipping = byte < 0x40 || byte > 0x7e;
        return false;
    }
    if (keys->string)
        return take_string(keys, byte, key);
    keys->held[keys->n++] = byte;
    if (keys->held[0] != ESC)
        return take_plain(keys, 0, key);
    return keys->n > 1 && take_escaped(keys, key);
}

bool cw_keys_flush(struct cw_keys *keys, struct cw_key *key)
{
    bool lone = !keys->string && keys->n >= 1 && keys->n <= 2 && keys->held[keys->n - 1] == ESC;
    bool bracket = keys->n == 2 && keys->held[0] == ESC && !lone;
    *key = (struct cw_key){.kind = lone ? CW_KEY_ESCAPE : CW_KEY_CHARACTER, .alt = bracket};
    if (bracket)
        key->c = keys->held[1] < 0x80 ? keys->held[1] : 0; /* Alt+[, Alt+O */
    keys->n = 0;
    keys->skipping = keys->string = false;
    return lone || (bracket && key->c != 0);
}
