#include "app/photo_upload.h"

#include "app/answer.h"

enum err photo_upload_post(struct context *c)
{
	answer_status(c, 503);
	return ERR_OK;
}

enum err photo_upload_picture(struct context *c)
{
	answer_status(c, 503);
	return ERR_OK;
}
