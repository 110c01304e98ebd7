/* attributes.h - function attributes for compilers that have them. */
#ifndef CW_BASE_ATTRIBUTES_H
#define CW_BASE_ATTRIBUTES_H

/* Parameter number `text` is a printf format for those from `first` on. */
#if defined(__GNUC__)
#define CW_PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
/* For rare calls, whose cost the frequent path must not pay. */
#define CW_NOINLINE __attribute__((noinline))
#else
#define CW_PRINTF_LIKE(text, first)
#define CW_NOINLINE
#endif

#endif
