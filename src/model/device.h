/* device: which browser on which system a User-Agent header speaks of, as far as a person wants to know it. No I/O. */
#pragma once

struct device {
	const char *browser, *system; /* names that are the same in every language; NULL: not known */
};

struct device device_of(const char *user_agent);
