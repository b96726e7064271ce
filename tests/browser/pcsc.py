# SPDX-License-Identifier: Apache-2.0
"""What pcscd says of a reader. Its card is not connected to, and is sent nothing that the ledger would have."""

import ctypes
from ctypes import byref, c_char_p, c_long, c_ubyte, c_ulong, c_void_p

SCOPE_SYSTEM = 2
STATE_PRESENT = 0x20


class ReaderState(ctypes.Structure):
    """SCARD_READERSTATE of libpcsclite."""

    _fields_ = [("reader", c_char_p), ("user_data", c_void_p), ("current", c_ulong), ("event", c_ulong),
                ("atr_length", c_ulong), ("atr", c_ubyte * 33)]


def has_card(reader):
    """Whether there is a card in the reader of this name; None where there is no such reader, or no pcscd."""
    library = ctypes.CDLL("libpcsclite.so.1")
    context = c_long()
    if library.SCardEstablishContext(c_ulong(SCOPE_SYSTEM), None, None, byref(context)):
        return None
    state = ReaderState(reader=reader.encode())
    failed = library.SCardGetStatusChange(context, c_ulong(0), byref(state), c_ulong(1))
    library.SCardReleaseContext(context)
    return None if failed else bool(state.event & STATE_PRESENT)
