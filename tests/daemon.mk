# SPDX-License-Identifier: BSD-3-Clause
# Wire tests of the daemon: real processes, real Channel Access.
TESTS += daemon faults kill reload elements presets
