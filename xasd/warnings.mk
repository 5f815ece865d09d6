# SPDX-License-Identifier: BSD-3-Clause
# How our C is compiled.  Generated C++ (the registration files) is excepted.
USR_CFLAGS += -std=gnu11 -Wall -Wextra -Wconversion -Werror
USR_CPPFLAGS += -DUSE_TYPED_RSET -DUSE_TYPED_DSET
