#include "model/device.h"

#include <stddef.h>
#include <string.h>

struct mark {
	const char *mark, *name;
};

/* The first that is found counts: nearly every browser says Safari, and most say Chrome. */
static const struct mark browsers[] = {
	{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
	{"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"w3m/", "w3m"}, {"Lynx/", "Lynx"}, {"curl/", "curl"},
};
static const struct mark systems[] = {
	{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
};

static const char *find(const struct mark *marks, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(text, marks[i].mark) != NULL)
			return marks[i].name;
	return NULL;
}

struct device device_of(const char *user_agent)
{
	return (struct device){
		.browser = find(browsers, sizeof browsers / sizeof *browsers, user_agent), .system = find(systems, sizeof systems / sizeof *systems, user_agent),
	};
}
