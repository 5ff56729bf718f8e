/* What outport-media.fcgi answers: the requests that bring photos. Everything else about photos is the site's (routes.c). */
#include "routes.h"

#include "app/photo_upload.h"
#include "model/photo.h"

/* Ten files, their heads and their alternative texts; nginx has the same limits. */
enum { PHOTO_FORM_BODY = PHOTO_MAX * PHOTO_BYTES_MAX + (1 << 20), PICTURE_BODY = PHOTO_BYTES_MAX + (1 << 20) };

static const char *const query_raw[] = {"alt", "name", NULL};

const struct route media_routes[] = {
	{HTTP_POST, "/listings/{id}/photos", photo_upload_post, ROUTE_PAGE, PHOTO_FORM_BODY, 0, NULL, ACCESS_MEMBER, SCOPE_LISTINGS, false},
	{HTTP_POST, "/account/picture", photo_upload_picture, ROUTE_PAGE, PICTURE_BODY, 0, NULL, ACCESS_MEMBER, SCOPE_ACCOUNT, false},
	{HTTP_POST, "/api/v1/listings/{id}/photos", photo_upload_post, ROUTE_API, PHOTO_FORM_BODY, 0, query_raw, ACCESS_MEMBER, SCOPE_LISTINGS, false},
};
const size_t media_route_count = sizeof media_routes / sizeof *media_routes;
