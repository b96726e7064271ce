# SPDX-License-Identifier: Apache-2.0
"""pykcs11.py MODULE SLOT-INDEX PIN DATA COUNT: signs as PyKCS11's users do, and verifies."""

import sys

import PyKCS11

module, index, pin, data, count = sys.argv[1:]
with open(data, "rb") as file:
    content = file.read()
library = PyKCS11.PyKCS11Lib()
library.load(module)
session = library.openSession(library.getSlotList(tokenPresent=True)[int(index)])
session.login(pin)
private = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY)])[0]
public = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PUBLIC_KEY)])[0]
mechanism = PyKCS11.Mechanism(PyKCS11.CKM_SHA256_RSA_PKCS)
for _ in range(int(count)):
    signature = session.sign(private, content, mechanism)
    assert session.verify(public, content, signature, mechanism), "not valid"
    with open(data + ".sig", "wb") as file:
        file.write(bytes(signature))
session.logout()
