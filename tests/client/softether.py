# SPDX-License-Identifier: Apache-2.0
"""softether.py MODULE SLOT-INDEX PIN DIGEST-INFO OUT: calls a module as SoftEther VPN does.

C_GetFunctionList, a session for writing, C_Login, all objects of the token at
once, each one's label, class and privacy in one template, then a raw signature
into a buffer of 128 bytes, for keys of 1024 bits, and again with what that asks.
"""

import ctypes
import sys
from ctypes import POINTER, byref, c_ubyte, c_ulong, c_void_p

CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_LABEL = 0, 1, 2, 3
CKM_RSA_PKCS, CKO_PRIVATE_KEY, CKU_USER = 1, 3, 1
CKF_SERIAL_RW = 6
CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL = 0x12, 0x150
# Where each function is in CK_FUNCTION_LIST.
ORDER = {
    "C_Initialize": 0, "C_Finalize": 1, "C_GetSlotList": 4, "C_OpenSession": 12, "C_CloseSession": 13,
    "C_Login": 18, "C_Logout": 19, "C_GetAttributeValue": 24, "C_FindObjectsInit": 26, "C_FindObjects": 27,
    "C_FindObjectsFinal": 28, "C_SignInit": 42, "C_Sign": 43,
}


class Attribute(ctypes.Structure):
    _fields_ = [("type", c_ulong), ("value", c_void_p), ("length", c_ulong)]


class Functions(ctypes.Structure):
    _fields_ = [("version", c_ubyte * 2), ("functions", c_void_p * 68)]


def attribute(kind, value):
    return Attribute(kind, ctypes.cast(byref(value), c_void_p), ctypes.sizeof(value))


def main(module, index, pin, digest_info, out):
    table = POINTER(Functions)()
    ctypes.CDLL(module).C_GetFunctionList(byref(table))

    def call(name, *arguments, wanted=(0,)):
        prototype = ctypes.CFUNCTYPE(c_ulong, *map(type_of, arguments))
        result = prototype(table.contents.functions[ORDER[name]])(*arguments)
        if result not in wanted:
            sys.exit("%s = 0x%x" % (name, result))
        return result

    call("C_Initialize", None)
    count = c_ulong()
    call("C_GetSlotList", 1, None, byref(count))
    slots = (c_ulong * count.value)()
    call("C_GetSlotList", 1, slots, byref(count))
    session = c_ulong()
    call("C_OpenSession", slots[int(index)], CKF_SERIAL_RW, None, None, byref(session))
    session = session.value
    call("C_Login", session, CKU_USER, pin, len(pin))
    true = c_ubyte(1)
    call("C_FindObjectsInit", session, byref(attribute(CKA_TOKEN, true)), 1)
    objects = (c_ulong * 1024)()
    call("C_FindObjects", session, objects, 1024, byref(count))
    call("C_FindObjectsFinal", session)
    key = None
    for handle in objects[: count.value]:
        label, kind, private = ctypes.create_string_buffer(512), c_ulong(), c_ubyte()
        template = (Attribute * 3)(
            attribute(CKA_LABEL, label), attribute(CKA_CLASS, kind), attribute(CKA_PRIVATE, private))
        # It passes over what has not all three.
        result = call("C_GetAttributeValue", session, handle, template, 3, wanted=(0, CKR_ATTRIBUTE_TYPE_INVALID))
        if result == 0 and kind.value == CKO_PRIVATE_KEY:
            key = handle
    mechanism = Attribute(CKM_RSA_PKCS, None, 0)
    call("C_SignInit", session, byref(mechanism), key)
    buffer, length = ctypes.create_string_buffer(512), c_ulong(128)
    call("C_Sign", session, digest_info, len(digest_info), buffer, byref(length), wanted=(CKR_BUFFER_TOO_SMALL,))
    call("C_Sign", session, digest_info, len(digest_info), buffer, byref(length))
    with open(out, "wb") as file:
        file.write(buffer.raw[: length.value])
    call("C_Logout", session)
    call("C_CloseSession", session)
    call("C_Finalize", None)


def type_of(argument):
    return c_ulong if isinstance(argument, int) else c_void_p


main(sys.argv[1], sys.argv[2], sys.argv[3].encode(), bytes.fromhex(sys.argv[4]), sys.argv[5])
