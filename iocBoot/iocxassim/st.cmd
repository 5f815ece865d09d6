# SPDX-License-Identifier: BSD-3-Clause
# Two simulated stations:  build/bin/<arch>/xassim iocBoot/iocxassim/st.cmd
on error break

# Run as root, EPICS would lock all memory and take real-time priority.
var dbThreadRealtimeLock 0

# K edges: I0, I1 behind the sample, fluorescence.
xassimStation("BL5S1:", "K", "I0 I1 If")
# L2,3 edges: I0, total electron yield.
xassimStation("BL1N2:", "L", "I0 TEY")

iocInit
