/* rules_factor.h - the rules about the second factor and device passwords that all back ends share:
 * the part of rules.h about them. */
#ifndef CW_STORE_RULES_FACTOR_H
#define CW_STORE_RULES_FACTOR_H

#include "store/rules.h"

/* What is stored of a user's second factor. */
struct cw_store_factor {
    bool found;             /* one was begun */
    bool active;            /* ... and confirmed: logins need a code */
    struct cw_slice secret; /* of TOTP */
    struct cw_slice codes;  /* hashes of the recovery codes that are left */
    uint64_t begun_ms;
    uint64_t step; /* the time step of TOTP that was used last, 0: none */
};

/* Is request.code right? OK also for an inactive one, and request.linked; NO_CODE, WRONG_CODE. When
 * it is OK, *factor is what has to be stored, in the same transaction: the code is used up. */
enum cw_store_status cw_store_use_code(const struct cw_store_request *request,
                                       struct cw_store_factor *factor, struct cw_arena *arena);
/* FACTOR_CONFIRM: the same; *factor becomes active. */
enum cw_store_status cw_store_confirm_factor(const struct cw_store_request *request,
                                             struct cw_store_factor *factor);
/* FACTOR_BEGIN: what is stored in place of one that is not active. */
struct cw_store_factor cw_store_begin_factor(const struct cw_store_request *request,
                                             struct cw_arena *arena);
/* FACTOR_RENEW: sets its codes to those of the request. */
enum cw_store_status cw_store_renew_codes(const struct cw_store_request *request,
                                          struct cw_store_factor *factor, struct cw_arena *arena);
/* How many recovery codes an active one has left. */
uint64_t cw_store_codes_left(const struct cw_store_factor *factor);

/* DEVICE_ADD: may a user have one more, who has `count`? `taken`: one of them has this name. */
enum cw_store_status cw_store_may_add_device(struct cw_store *store,
                                             const struct cw_store_request *request, bool taken,
                                             uint64_t count);

#endif
