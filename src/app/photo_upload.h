/* photo_upload: takes photos of listings and members' pictures: by form, by the page's script, by programs. */
#pragma once

#include "app/context.h"

enum err photo_upload_post(struct context *c);    /* /listings/{id}/photos: a form; JSON for who asks for it; /api/v1: also a bare file */
enum err photo_upload_picture(struct context *c); /* /account/picture */
