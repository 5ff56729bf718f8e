#pragma once

#include <check.h>

Suite *suite_sign(void);
