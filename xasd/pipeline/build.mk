# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/pipeline
xas_SRCS += xasAnalyse.c xasCalibrate.c xasSamplePredict.c xasPipeline.c
xas_SRCS += xasReplay.c xasRepeats.c xasSides.c xasCut.c
