/* log: one JSON object per line on stderr, written with a single write(2). Values are escaped and bounded
 * (1,024 bytes each). Never hand it a secret or a body. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR, LOG_LEVEL_NONE };

struct log_field {
	const char *key;
	const char *text;   /* NULL: the number is meant */
	int64_t number;
};

#define LOG_S(k, v) ((struct log_field){.key = (k), .text = (v)})
#define LOG_I(k, v) ((struct log_field){.key = (k), .number = (int64_t)(v)})

/* Lines below the level are dropped; LOG_LEVEL_NONE drops all. Set once at start, before threads. */
void log_set_level(enum log_level level);
/* {"time":…,"level":…,"event":event, fields…} */
void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n);

#define LOG(level, event, ...)                                                                     \
	log_write((level), (event), (const struct log_field[]){__VA_ARGS__},                        \
	          sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
#define LOG_INFO(event, ...) LOG(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define LOG_WARN(event, ...) LOG(LOG_LEVEL_WARNING, event, __VA_ARGS__)
#define LOG_ERROR(event, ...) LOG(LOG_LEVEL_ERROR, event, __VA_ARGS__)
