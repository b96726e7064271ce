# SPDX-License-Identifier: Apache-2.0
"""pdf_signature.py FILE CONTENT CMS: the last signature of a PDF, taken out of it.

It has the shape that registration offices ask for: adbe.pkcs7.detached, over all
of the file but the signature's own digits, from its first byte to its last. Else
it says what is wrong, and fails. CONTENT is what was signed, CMS the signature.
"""

import re
import sys


def last(pattern, data):
    found = re.findall(pattern, data, re.DOTALL)
    if not found:
        sys.exit("it has no %s" % pattern.decode())
    return found[-1]


def main(path, content, cms):
    with open(path, "rb") as file:
        data = file.read()
    form = last(rb"/SubFilter\s*/([\w.]+)", data)
    if form != b"adbe.pkcs7.detached":
        sys.exit("it is %s" % form.decode())
    numbers = last(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", data)
    start, size, after, rest = map(int, numbers)
    if start != 0 or after + rest != len(data):
        sys.exit("of %d bytes it is over %d %d %d %d" % (len(data), start, size, after, rest))
    digits = data[size:after]
    if not re.fullmatch(rb"<[0-9A-Fa-f]*>", digits):
        sys.exit("not over all but the signature: %r" % digits[:40])
    with open(content, "wb") as file:
        file.write(data[:size] + data[after:])
    with open(cms, "wb") as file:
        file.write(bytes.fromhex(digits[1:-1].decode()))


main(*sys.argv[1:])
