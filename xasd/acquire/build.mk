# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/acquire
xas_SRCS += xasdQueue.c xasdText.c xasdChannel.c xasdChannelWatch.c
