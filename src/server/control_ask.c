/* control_ask.c - see control_ask.h. */
#include "server/control_ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codes.h"
#include "server/control.h"
#include "server/reset_link.h"
#include "wire/msg.h"

/* A request on its way. */
struct ask {
    struct ask *next;
    uint64_t number;
    struct cw_control_asks *asks;
    struct cw_control_call *call;
    enum cw_action action;
    uint64_t after; /* where the page begins */
};

struct cw_control_asks {
    struct ask *first;
    uint64_t last_number;
    cw_control_step_core *step;
    struct cw_shell *shell;
    const struct cw_reach *reach;
};

/* --- words become a message ------------------------------------------------------------------ */

/* A number, or with `time` seconds as "90", "15m", "12h", "7d", "2w". */
static bool read_number(const char *word, bool time, uint64_t *number)
{
    static const struct {
        char unit;
        uint64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    char *end;
    errno = 0;
    *number = strtoull(word, &end, 10);
    if (errno != 0 || word[0] < '0' || word[0] > '9')
        return false;
    for (size_t i = 0; time && i < sizeof units / sizeof units[0]; i++)
        if (end[0] == units[i].unit && end[1] == 0 && *number <= UINT32_MAX) {
            *number *= units[i].seconds;
            return true;
        }
    return *end == 0;
}

static bool set_string(struct cw_slice *member, const char *word)
{
    *member = cw_slice_str(word);
    return true;
}

#define SET_STRING(member, word, time)   set_string(&(member), word)
#define SET_UNSIGNED(member, word, time) read_number(word, time, &(member))
#define SET_BYTES(member, word, time)    false
#define SET_SAMPLES(member, word, time)  false
#define SET_FEATURES(member, word, time) false
#define SET_LIST(member, word, time)     false

static bool set_field(struct cw_msg *msg, enum cw_field field, const char *word)
{
    switch (field) {
#define CW_FIELD(name, member, type)                                                               \
    case CW_F_##name:                                                                              \
        return SET_##type(msg->member, word, field == CW_F_SECONDS);
#define CW_EXTRA(name, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    default:
        return false;
    }
}

/* An option of this name is a field of the message. */
static enum cw_field field_of(const char *name, size_t n)
{
    static const struct {
        const char *name;
        enum cw_field field;
    } fields[] = {{"for", CW_F_SECONDS}, {"reason", CW_F_REASON}, {"head", CW_F_HEAD}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strlen(fields[i].name) == n && memcmp(fields[i].name, name, n) == 0)
            return fields[i].field;
    return CW_F_NONE;
}

static const char *value_for(const struct cw_control_command *command, enum cw_field field)
{
    for (unsigned i = 0; i < command->option_count; i++) {
        const struct cw_control_option *option = &command->options[i].option;
        if (field_of(option->name, option->name_n) == field)
            return command->options[i].value;
    }
    return NULL;
}

/* Is the field one that this command takes by an option? */
static bool by_option(const struct cw_control_row *row, enum cw_field field)
{
    struct cw_control_option option;
    for (const char *text = row->options; cw_control_next_option(&text, &option);)
        if (field_of(option.name, option.name_n) == field)
            return true;
    return false;
}

/* People and groups may be written as chinwag writes them: no name begins so. */
static const char *without_sign(enum cw_field field, const char *word)
{
    bool person = field == CW_F_MEMBER || field == CW_F_NEW_NAME;
    return (person && word[0] == '@') || (field == CW_F_GROUP_NAME && word[0] == '#') ? word + 1
                                                                                      : word;
}

/* NULL, or what is wrong. */
static const char *fill_in(struct cw_msg *msg, const struct cw_control_command *command)
{
    size_t count;
    unsigned used = 0;
    const struct cw_control_row *typed = &cw_control_rows[command->row];
    const struct cw_message_row *row = cw_message_rows(&count);
    while (row->kind != CW_REQUEST || row->action != msg->action)
        row++;
    for (const enum cw_field *field = row->fields + 2; *field != CW_F_NONE; field++) {
        const char *word = by_option(typed, *field)         ? value_for(command, *field)
                           : used < command->argument_count ? command->arguments[used++]
                                                            : NULL;
        if (word != NULL && !set_field(msg, *field, without_sign(*field, word)))
            return word;
    }
    return NULL;
}

/* --- to the core ----------------------------------------------------------------------------- */

static struct ask **place_of_ask(struct cw_control_asks *asks, uint64_t number)
{
    struct ask **place = &asks->first;
    while (*place != NULL && (*place)->number != number)
        place = &(*place)->next;
    return place;
}

static void end_ask(struct ask *ask, enum cw_control_status status)
{
    *place_of_ask(ask->asks, ask->number) = ask->next;
    cw_control_end(ask->call, status);
    free(ask);
}

/* The message is encoded and decoded as one from a peer: the decoder judges it. The answer may
 * come, and end the ask, before this returns. */
static void step_ask(struct ask *ask)
{
    struct cw_msg msg = {.kind = CW_REQUEST,
                         .action = ask->action,
                         .extras = {.map_present = true,
                                    .present = CW_BIT(CW_X_AFTER) | CW_BIT(CW_X_LIMIT),
                                    .after = ask->after,
                                    .limit = CW_LIST_MAX}};
    struct cw_buf frame = {0};
    struct cw_event event = {.type = CW_EV_CONTROL, .conn = ask->number};
    fill_in(&msg, cw_control_typed(ask->call)); /* it was good before */
    cw_msg_encode(&msg, true, &frame);
    event.message.code = cw_msg_decode(CW_READER_SERVER, cw_buf_slice(&frame), &msg);
    event.message.msg = &msg;
    event.message.frame = cw_buf_slice(&frame);
    ask->asks->step(ask->asks->shell, &event);
    cw_buf_finish(&frame);
}

void cw_control_ask(struct cw_control_asks *asks, struct cw_control_call *call,
                    enum cw_action action)
{
    struct cw_msg msg = {.action = action};
    const char *wrong = fill_in(&msg, cw_control_typed(call));
    if (wrong != NULL) {
        cw_control_fail(call, CW_CONTROL_WRONG_USE,
                        "'%.60s' is no number; a time is seconds, or as 15m, 12h, 7d, 2w", wrong);
        return;
    }
    struct ask *ask = cw_alloc_zero(sizeof *ask);
    ask->asks = asks;
    ask->call = call;
    ask->action = action;
    ask->number = ++asks->last_number;
    ask->next = asks->first;
    asks->first = ask;
    step_ask(ask);
}

/* --- answers --------------------------------------------------------------------------------- */

static json_t *json_text(struct cw_slice text)
{
    json_t *string = json_stringn((const char *)text.p, text.n);
    return string != NULL ? string : json_string("?");
}

#define PUT_TEXT(entry, member)    json_text((entry)->member)
#define PUT_CONTENT(entry, member) json_text((entry)->member)
#define PUT_NUMBER(entry, member)  json_integer((json_int_t)(entry)->member)
#define PUT_SMALL(entry, member)   json_integer((json_int_t)(entry)->member)
#define PUT_FLAG(entry, member)    json_boolean((entry)->member != 0)
#define PUT_LIST(entry, member)    json_null() /* no list for administrators has one inside */

static json_t *json_entry(const struct cw_entry *entry)
{
    json_t *object = json_object();
#define CW_ENTRY(name, member, type, key, program)                                                 \
    if ((entry->present & CW_BIT(CW_E_##name)) != 0)                                               \
        json_object_set_new(object, key, PUT_##program(entry, member));
#include "wire/entries.def"
#undef CW_ENTRY
    return object;
}

#define GIVE_STRING(member)   json_text(member)
#define GIVE_UNSIGNED(member) json_integer((json_int_t)(member))
#define GIVE_BYTES(member)    json_null()
#define GIVE_SAMPLES(member)  json_null()

static json_t *json_field(const struct cw_msg *msg, enum cw_field field)
{
    switch (field) {
#define CW_FIELD(name, member, type)                                                               \
    case CW_F_##name:                                                                              \
        return GIVE_##type(msg->member);
#define CW_EXTRA(name, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    default:
        return json_null();
    }
}

static const char *name_of_field(enum cw_field field)
{
    switch (field) {
#define CW_FIELD(name, member, type)                                                               \
    case CW_F_##name:                                                                              \
        return #member;
#define CW_EXTRA(name, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    default:
        return "";
    }
}

/* Fields of a response, as one object. */
static void put_fields(struct cw_control_call *call, const struct cw_msg *msg)
{
    size_t count;
    const struct cw_message_row *rows = cw_message_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind != CW_RESPONSE || rows[i].action != msg->action)
            continue;
        json_t *object = json_object();
        for (const enum cw_field *field = rows[i].fields; *field != CW_F_NONE; field++)
            json_object_set_new(object, name_of_field(*field), json_field(msg, *field));
        cw_control_put(call, object);
    }
}

static void go_on(struct cw_control_call *call, void *context)
{
    struct ask *ask = context;
    (void)call;
    step_ask(ask);
}

static void put_list(struct ask *ask, const struct cw_msg *msg)
{
    bool more = (msg->extras.present & CW_BIT(CW_X_NEXT)) != 0;
    for (size_t i = 0; i < msg->extras.list.count; i++)
        cw_control_put(ask->call, json_entry(&msg->extras.list.items[i]));
    if (!more || cw_control_is_gone(ask->call)) {
        end_ask(ask, CW_CONTROL_DONE);
        return;
    }
    ask->after = msg->extras.next;
    cw_control_when_drained(ask->call, go_on, ask);
}

/* The command that asks this request; NULL: there is none. */
static const char *command_for(struct cw_slice request)
{
    static const struct {
        enum cw_action action;
        const char *command;
    } commands[] = {
#define CONTROL_GROUP(title)
#define CONTROL(function, ...)
#define CONTROL_REQUEST(action, columns, name, ...) {CW_##action, name},
#include "control/control.def"
#undef CONTROL_GROUP
#undef CONTROL
#undef CONTROL_REQUEST
        {CW_INVITATIONS, "invitation list"}, /* a user's own, in the operator's place all */
    };
    size_t count;
    const struct cw_message_row *rows = cw_message_rows(&count);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        for (size_t k = 0; k < count; k++)
            if (rows[k].kind == CW_REQUEST && rows[k].action == commands[i].action &&
                cw_slice_eq(cw_slice_of(rows[k].name, rows[k].name_n), request))
                return commands[i].command;
    return NULL;
}

/* A reason names requests (`server_bans`), which operators do not know: here their commands. */
static void append_reason(struct cw_buf *to, struct cw_slice reason)
{
    while (reason.n != 0) {
        const uint8_t *begin = memchr(reason.p, '`', reason.n);
        size_t before = begin == NULL ? reason.n : (size_t)(begin - reason.p) + 1;
        cw_buf_append(to, reason.p, before);
        reason = cw_slice_of(reason.p + before, reason.n - before);
        const uint8_t *end = reason.n == 0 ? NULL : memchr(reason.p, '`', reason.n);
        if (end == NULL)
            continue;
        size_t n = (size_t)(end - reason.p);
        const char *command = command_for(cw_slice_of(reason.p, n));
        if (command == NULL)
            cw_buf_append(to, reason.p, n);
        else
            cw_buf_append_str(to, "chinwagctl ");
        cw_buf_append_str(to, command == NULL ? "" : command);
        cw_buf_append_byte(to, '`');
        reason = cw_slice_of(end + 1, reason.n - n - 1);
    }
}

static void print_refusal(struct ask *ask, const struct cw_msg *msg)
{
    struct cw_slice reason = msg->extras.reason;
    if ((msg->extras.present & CW_BIT(CW_X_REASON)) == 0)
        reason = cw_slice_str(cw_code_text(msg->code));
    struct cw_buf text = {0};
    append_reason(&text, reason);
    *place_of_ask(ask->asks, ask->number) = ask->next;
    cw_control_fail(ask->call, CW_CONTROL_REFUSED, "%.*s", (int)text.n, (const char *)text.p);
    cw_buf_finish(&text);
    free(ask);
}

/* The code alone would say nothing of where it is used. */
static void print_reset(struct ask *ask, struct cw_slice link)
{
    char code[CW_SECRET_LEN + 1], text[1024];
    snprintf(code, sizeof code, "%.*s", (int)link.n, (const char *)link.p);
    cw_reset_link_write(ask->asks->reach, code, text);
    cw_control_print(ask->call, "%s", text);
}

void cw_control_answer(struct cw_control_asks *asks, const struct cw_effect *effect)
{
    const struct cw_msg *msg = &effect->control.msg;
    struct ask *ask = *place_of_ask(asks, effect->control.call);
    if (ask == NULL)
        return;
    if (msg->code != CW_SUCCESS) {
        print_refusal(ask, msg);
    } else if ((msg->extras.present & CW_BIT(CW_X_LIST)) != 0) {
        put_list(ask, msg);
    } else if (ask->action == CW_RESET_PASSWORD && !cw_control_typed(ask->call)->json) {
        print_reset(ask, msg->link);
        end_ask(ask, CW_CONTROL_DONE);
    } else {
        put_fields(ask->call, msg);
        end_ask(ask, CW_CONTROL_DONE);
    }
}

struct cw_control_asks *cw_control_asks_create(cw_control_step_core *step, struct cw_shell *shell,
                                               const struct cw_reach *reach)
{
    struct cw_control_asks *asks = cw_alloc_zero(sizeof *asks);
    asks->step = step;
    asks->shell = shell;
    asks->reach = reach;
    return asks;
}

void cw_control_asks_finish(struct cw_control_asks *asks)
{
    while (asks != NULL && asks->first != NULL) {
        struct ask *next = asks->first->next;
        free(asks->first);
        asks->first = next;
    }
    free(asks);
}
