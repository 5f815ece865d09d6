# SPDX-License-Identifier: BSD-3-Clause
# Wire tests of what comes in: measured spectra, and what cannot be used.
TESTS += realInput badInput
