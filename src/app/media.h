/* media: the files of photos that nginx does not have: those that wait for the bucket are answered from the database, those in it by an address there. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err media_webp(struct context *c); /* GET /media/{shard}/{name}.webp */
MUST_CHECK enum err media_jpeg(struct context *c); /* GET /media/{shard}/{name}.jpg */
