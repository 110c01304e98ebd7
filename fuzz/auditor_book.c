/* auditor_book.c - see auditor_book.h. */
#include "auditor_book.h"

#include "text/name.h"

/* FNV-1a. */
print_of auditor_print(struct cw_slice s)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < s.n; i++)
        hash = (hash ^ s.p[i]) * 0x100000001b3;
    return hash | 1;
}

print_of auditor_print_name(struct cw_slice name)
{
    struct cw_name_key key;
    return cw_name_fold(name, &key) ? auditor_print(cw_name_key_slice(&key)) : 0;
}

struct audited_conn *auditor_conn(struct auditor *auditor, cw_conn_id id)
{
    struct audited_conn *conn = &auditor->conns[(uint32_t)id % CONNS_MAX];
    return conn->id == id ? conn : NULL;
}

uint64_t auditor_user(const struct auditor *auditor, print_of key)
{
    for (uint64_t id = 1; key != 0 && id < USERS_MAX; id++)
        if (auditor->users[id].key == key)
            return id;
    return 0;
}

uint64_t auditor_user_named(const struct auditor *auditor, struct cw_slice name)
{
    static const char deleted[] = "deleted/";
    size_t at = sizeof deleted - 1;
    uint64_t id = 0;
    if (name.n <= at || memcmp(name.p, deleted, at) != 0)
        return auditor_user(auditor, auditor_print_name(name));
    for (; at < name.n; at++)
        id = name.p[at] == '/' ? 0 : 10 * id + name.p[at] - '0';
    return id;
}

struct login *auditor_session(struct auditor *auditor, uint64_t session)
{
    for (size_t i = 0; i < auditor->login_count; i++)
        if (auditor->logins[i].session == session)
            return &auditor->logins[i];
    return NULL;
}

/* What is ahead of all messages is refused, or ignored. */
static uint64_t counts(const struct auditor *auditor, const struct asked *asked)
{
    return asked->says <= auditor->head ? asked->says : 0;
}

void auditor_keep_said(struct auditor *auditor, const struct asked *asked)
{
    struct login *login = auditor_session(auditor, asked->session);
    if (login != NULL && login->said < counts(auditor, asked))
        login->said = counts(auditor, asked);
}

uint64_t auditor_said(const struct auditor *auditor, const struct login *login)
{
    uint64_t said = login->floor > login->said ? login->floor : login->said;
    for (size_t c = 0; c < CONNS_MAX; c++) {
        const struct audited_conn *conn = &auditor->conns[c];
        for (size_t i = 0; conn->id != 0 && i < conn->asked_count; i++)
            if (conn->asked[i].session == login->session && said < counts(auditor, &conn->asked[i]))
                said = counts(auditor, &conn->asked[i]);
    }
    return said;
}

bool auditor_is_member(const struct auditor *auditor, uint64_t user, uint64_t group,
                       uint64_t *since)
{
    for (size_t i = 0; i < auditor->member_count; i++) {
        if (auditor->members[i].user == user && auditor->members[i].group == group) {
            *since = auditor->members[i].since;
            return true;
        }
    }
    return false;
}

bool auditor_is_due(const struct auditor *auditor, uint64_t user, uint64_t id)
{
    const struct message *message = &auditor->messages[id];
    uint64_t since;
    if (!message->committed || message->sender == user || message->deleted || message->of != 0)
        return false;
    if (!cw_mailbox_is_group(message->mailbox))
        return message->mailbox == cw_mailbox_of_user(user);
    return auditor_is_member(auditor, user, message->mailbox >> 1, &since) && id > since;
}

bool auditor_is_due_as_own(const struct auditor *auditor, const struct login *login, uint64_t id)
{
    const struct message *message = &auditor->messages[id];
    uint64_t since;
    if (!login->own || id <= login->own_since || !message->committed || message->deleted ||
        message->of != 0 || message->sender != login->user ||
        message->sender_session == login->session)
        return false;
    return !cw_mailbox_is_group(message->mailbox) ||
           (auditor_is_member(auditor, login->user, message->mailbox >> 1, &since) && id > since);
}
