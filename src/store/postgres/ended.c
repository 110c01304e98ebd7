/* ended.c - see ended.h. */
#include "store/postgres/ended.h"

#include "store/sqlite/news.h"
#include "store/sqlite/state.h"
#include "store/store_news.h"

void cw_postgres_ended_note(struct cw_postgres *pg, const struct cw_store_news *news)
{
    pg->ended[pg->ended_count++ % CW_POSTGRES_ENDED] =
        (struct cw_postgres_ended){.at = news->at,
                                   .user_id = news->kind == CW_NEWS_ENDED ? 0 : news->user_id,
                                   .session_id = news->session_id};
}

/* The core did not know it yet. Where more have ended than are kept it is asked again. */
bool cw_sqlite_news_revoked(const struct cw_sqlite *s, const struct cw_store_request *request)
{
    const struct cw_postgres *pg = cw_postgres_of(s);
    size_t kept = pg->ended_count < CW_POSTGRES_ENDED ? pg->ended_count : CW_POSTGRES_ENDED;
    for (size_t i = pg->ended_count; request->asker != 0 && i-- > pg->ended_count - kept;) {
        const struct cw_postgres_ended *ended = &pg->ended[i % CW_POSTGRES_ENDED];
        if (ended->at <= request->heard)
            return false;
        if (ended->user_id == 0
                ? ended->session_id == request->asker
                : ended->user_id == request->user_id && ended->session_id != request->asker)
            return true;
    }
    return request->asker != 0 && pg->ended_count > CW_POSTGRES_ENDED;
}
