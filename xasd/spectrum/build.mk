# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/spectrum
xasNumeric_SRCS += xasSpectrum.c xasNorm.c xasE0.c xasEdge.c xasFeatureNames.c
xasNumeric_SRCS += xasSmooth.c xasGradient.c xasPeak.c xasNoise.c xasKScan.c xasKPlaces.c
xasNumeric_SRCS += xasKErrors.c xasFeatureK.c xasLScan.c xasLErrors.c xasFeatureL.c xasFeatures.c
xasNumeric_SRCS += xasCalib.c xasCalibMatch.c
xasNumeric_SRCS += xasCurves.c xasLag.c
xasNumeric_SRCS += xasGlitch.c xasQuality.c xasSaturation.c
xasNumeric_SRCS += xasMerge.c xasMergeChoose.c xasMergeTrend.c
