# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/spectrum
xasNumeric_SRCS += xasSpectrum.c xasNorm.c xasE0.c xasEdge.c xasFeatureNames.c
