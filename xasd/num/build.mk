# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/num
xasNumeric_SRCS += xasStatus.c xasFormula.c xasFormulaMass.c xasStat.c xasPoly.c xasLsq.c xasCholesky.c
