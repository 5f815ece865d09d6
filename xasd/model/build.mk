# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/model
xasNumeric_SRCS += xasScale.c xasLasso.c xasOls.c xasSelect.c xasCv.c xasRidge.c xasPls.c xasComposition.c xasDerive.c xasFigures.c
xasNumeric_SRCS += xasNested.c xasPermute.c xasStudy.c xasCheck.c xasJudge.c
xasNumeric_SRCS += xasModel.c xasTrain.c xasPredict.c xasResult.c xasJoin.c
