#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pack-extension.py FOLDER FILE: the extension in FOLDER as a xpi, the same bytes each time."""

import os
import sys
import zipfile


def files(folder):
    for where, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(where, name), folder)


def main(folder, target):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(files(folder)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            with open(os.path.join(folder, name), "rb") as file:
                package.writestr(entry, file.read())


main(sys.argv[1], sys.argv[2])
