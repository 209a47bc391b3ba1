# SPDX-License-Identifier: GPL-2.0
"""What nmr-trace and nmr-graph are made of."""
