/* table.h - messages.def and fields.def as tables that decode.c and encode.c
 * walk. Inside src/wire only; others use msg.h. */
#ifndef CW_WIRE_TABLE_H
#define CW_WIRE_TABLE_H

#include "wire/msg.h"

enum cw_member_type {
    CW_T_STRING,
    CW_T_BYTES,
    CW_T_UNSIGNED,
    CW_T_SAMPLES,
    CW_T_FEATURES,
    CW_T_LIST
};

/* The offset of a field in its struct, and its type: STRING and BYTES are a struct cw_slice,
 * UNSIGNED and FEATURES a uint64_t, SAMPLES a struct cw_samples, LIST a struct
 * cw_list. */
struct cw_member {
    enum cw_member_type type;
    size_t offset;
    struct cw_slice key; /* in the trailing map; empty for a positional field */
};

/* By enum cw_field (in struct cw_msg), by enum cw_extra_index (in cw_extras), by
 * enum cw_entry_index (in cw_entry). */
extern const struct cw_member cw_field_members[CW_F_COUNT];
extern const struct cw_member cw_extra_members[CW_X_COUNT];
extern const struct cw_member cw_entry_members[CW_E_COUNT];

/* The row of that kind, by name or by action; NULL when there is none. */
const struct cw_message_row *cw_row_by_name(enum cw_kind kind, struct cw_slice name);
const struct cw_message_row *cw_row_by_action(enum cw_kind kind, enum cw_action action);

/* The names of feature bits: the bit of a name, 0 when it is not known; and the
 * name of the i-th known feature, its bit in *bit, NULL after the last. */
uint64_t cw_feature_bit(struct cw_slice name);
const char *cw_feature_name(size_t i, uint64_t *bit);

/* fault.c: which rule a field or key breaks. */
struct cw_fault cw_field_missing(enum cw_field field);
struct cw_fault cw_field_mistyped(enum cw_field field);
struct cw_fault cw_field_beyond(enum cw_field field);
struct cw_fault cw_extra_mistyped(enum cw_extra_index extra);
struct cw_fault cw_entry_mistyped(enum cw_entry_index entry);
/* Which limit on size the message exceeds; CW_RULE_NONE: none. */
struct cw_fault cw_fault_of_size(const struct cw_msg *msg);

#endif
