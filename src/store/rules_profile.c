/* rules_profile.c - the rules about profiles and directories that all back ends share. Pure, as
 * rules.c. Called by the back ends only. */
#include "store/rules_profile.h"

#include "text/words.h"

static bool is_picture(struct cw_slice type)
{
    static const char image[] = "image/";
    return type.n > sizeof image - 1 && memcmp(type.p, image, sizeof image - 1) == 0;
}

static bool may_be_avatar(const struct cw_store_request *request, const struct cw_store_file *file)
{
    return file != NULL && cw_store_is_upload(file, request->user_id) && file->done &&
           file->size <= CW_AVATAR_BYTES_MAX && is_picture(file->type);
}

static enum cw_store_status change_text(struct cw_slice *text, struct cw_slice value)
{
    enum cw_store_status status = cw_slice_eq(*text, value) ? CW_STORE_EXISTS : CW_STORE_OK;
    *text = value;
    return status;
}

static enum cw_store_status change_switch(bool *is_on, bool on)
{
    enum cw_store_status status = *is_on == on ? CW_STORE_EXISTS : CW_STORE_OK;
    *is_on = on;
    return status;
}

static enum cw_store_status change_status(const struct cw_store_request *request,
                                          struct cw_store_profile *profile)
{
    bool same = profile->status_until_ms == request->until_ms;
    profile->status_until_ms = request->until_ms;
    enum cw_store_status status = change_text(&profile->status, request->body);
    return same ? status : CW_STORE_OK;
}

static enum cw_store_status change_avatar(const struct cw_store_request *request,
                                          const struct cw_store_file *file,
                                          struct cw_store_profile *profile)
{
    if (profile->avatar == request->file_id)
        return CW_STORE_EXISTS;
    if (request->file_id != 0 && !may_be_avatar(request, file))
        return CW_STORE_NO_FILE;
    profile->avatar = request->file_id;
    return CW_STORE_OK;
}

enum cw_store_status cw_store_change_profile(const struct cw_store_request *request,
                                             const struct cw_store_file *file,
                                             struct cw_store_profile *profile)
{
    switch (request->item) {
    case CW_PROFILE_DISPLAY:
        return change_text(&profile->display, request->body);
    case CW_PROFILE_STATUS:
        return change_status(request, profile);
    case CW_PROFILE_AVATAR:
        return change_avatar(request, file, profile);
    case CW_PROFILE_ZONE:
        return change_text(&profile->zone, request->body);
    case CW_PROFILE_LAST_SEEN:
        return change_switch(&profile->hidden, !request->on);
    default:
        return change_switch(&profile->listed, request->on);
    }
}

void cw_store_censor_profile(const struct cw_store_request *request,
                             struct cw_store_profile *profile)
{
    if (profile->status_until_ms != 0 && profile->status_until_ms <= request->time_ms) {
        profile->status = (struct cw_slice){0};
        profile->status_until_ms = 0;
    }
    if (profile->hidden && request->user_id != request->other_id)
        profile->seen_ms = 0;
}

bool cw_store_is_listed(struct cw_slice terms, struct cw_slice name, struct cw_slice more,
                        struct cw_buf *tokens)
{
    struct cw_buf text = {0};
    if (terms.n == 0)
        return true;
    cw_buf_append(&text, name.p, name.n);
    cw_buf_append_byte(&text, ' ');
    if (more.n != 0)
        cw_buf_append(&text, more.p, more.n);
    cw_words(cw_buf_slice(&text), tokens);
    cw_buf_finish(&text);
    return cw_words_match(cw_buf_slice(tokens), terms);
}
