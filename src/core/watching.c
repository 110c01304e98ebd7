/* watching.c - see watching.h. An index from the watched user's id to the users who watch. Each
 * side stores its position at the other, so that no search is needed. */
#include "core/watching.h"

#include <assert.h>
#include <stdlib.h>

#include "base/map.h"
#include "core/list.h"
#include "core/state.h"
#include "core/user.h"

/* One of a user's contacts; they are in the order of ids. */
struct watch {
    struct watched *of;
    uint32_t position; /* in of->watchers */
};

/* The index of the id among the user's contacts, or where it would be. */
static size_t watch_place(const struct user *user, uint64_t id)
{
    size_t low = 0, high = user->watch_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (user->watches[middle].of->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct watched *get_watched(struct cw_core *core, uint64_t id)
{
    struct watched *watched = cw_map_get(&core->watched, cw_map_id(&id));
    if (watched != NULL)
        return watched;
    watched = cw_alloc_zero(sizeof *watched);
    watched->id = id;
    cw_map_put(&core->watched, cw_map_id(&watched->id), watched);
    return watched;
}

static struct watch begin_watch(struct cw_core *core, struct user *user, uint64_t id)
{
    assert(watch_place(user, id) <= user->watch_count);
    struct watched *watched = get_watched(core, id);
    if (watched->count == watched->capacity) {
        watched->capacity = watched->capacity == 0 ? 2 : watched->capacity * 2;
        watched->watchers =
            cw_realloc(watched->watchers, watched->capacity * sizeof(struct user *));
    }
    watched->watchers[watched->count] = user;
    return (struct watch){.of = watched, .position = watched->count++};
}

/* The watch itself stays in its place. */
static void end_watch(struct cw_core *core, struct watch watch)
{
    struct watched *watched = watch.of;
    assert(watch.position < watched->count && watched->count <= watched->capacity);
    struct user *last = watched->watchers[--watched->count];
    watched->watchers[watch.position] = last;
    last->watches[watch_place(last, watched->id)].position = watch.position;
    if (watched->count != 0)
        return;
    cw_map_remove(&core->watched, cw_map_id(&watched->id));
    free(watched->watchers);
    free(watched);
}

void cw_watching_begin(struct cw_core *core, struct user *user,
                       const struct cw_store_result *result)
{
    assert(!user->watching && user->watch_count == 0);
    user->watching = true;
    core->watching_count++;
    if (result->contact_count != 0)
        user->watches = cw_alloc(result->contact_count * sizeof *user->watches);
    for (size_t i = 0; i < result->contact_count; i++) {
        user->watches[i] = begin_watch(core, user, result->contacts[i]);
        user->watch_count++;
    }
}

/* From the last to the first, so that the places of the remaining ones do not change. */
void cw_watching_end(struct cw_core *core, struct user *user)
{
    assert(user->watching && core->watching_count > 0);
    while (user->watch_count != 0) {
        end_watch(core, user->watches[user->watch_count - 1]);
        user->watch_count--;
    }
    free(user->watches);
    user->watches = NULL;
    user->watching = false;
    core->watching_count--;
}

void cw_watching_set(struct cw_core *core, struct user *user, uint64_t other_id, bool watch)
{
    size_t place = watch_place(user, other_id), after = user->watch_count - place;
    bool watches = after != 0 && user->watches[place].of->id == other_id;
    if (!user->watching || watches == watch)
        return;
    if (watch) {
        user->watches = cw_realloc(user->watches, (user->watch_count + 1) * sizeof *user->watches);
        memmove(user->watches + place + 1, user->watches + place, after * sizeof *user->watches);
        user->watches[place] = begin_watch(core, user, other_id);
        user->watch_count++;
    } else {
        end_watch(core, user->watches[place]);
        memmove(user->watches + place, user->watches + place + 1,
                (after - 1) * sizeof *user->watches);
        user->watch_count--;
    }
}

const struct watched *cw_watching_of(const struct cw_core *core, uint64_t id)
{
    return cw_map_get(&core->watched, cw_map_id(&id));
}

size_t cw_watching_check(const struct cw_core *core, const struct user *user)
{
    (void)core; /* not used without asserts */
    assert(user->watching || user->watch_count == 0);
    assert(!user->watching || !cw_list_empty(&user->sessions));
    for (uint32_t i = 0; i < user->watch_count; i++) {
        const struct watch *watch = &user->watches[i];
        assert(i == 0 || watch[-1].of->id < watch->of->id);
        assert(cw_map_get(&core->watched, cw_map_id(&watch->of->id)) == watch->of);
        assert(watch->of->watchers[watch->position] == user);
        (void)watch;
    }
    return user->watch_count;
}
