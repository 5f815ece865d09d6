# SPDX-License-Identifier: BSD-3-Clause
# Wire tests of the daemon: real processes, real Channel Access.
TESTS += daemon faults full kill reload elements presets
TESTS += livePredict alarms
TESTS += foil
