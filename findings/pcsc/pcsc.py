# SPDX-License-Identifier: Apache-2.0
"""A private pcscd with a card of its own, and programs that use it."""
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys
import threading
import time

PORT = 0x8C7B
ATR = bytes.fromhex('3B80800101')
SLOW = 0.1  # seconds to the ATR after a reset
NAMES = {0: 'SCARD_S_SUCCESS', 0x80100001: 'SCARD_F_INTERNAL_ERROR',
         0x80100003: 'SCARD_E_INVALID_HANDLE',
         0x8010000B: 'SCARD_E_SHARING_VIOLATION',
         0x8010000F: 'SCARD_E_PROTO_MISMATCH',
         0x8010001D: 'SCARD_E_NO_SERVICE',
         0x80100068: 'SCARD_W_RESET_CARD',
         0x8010006A: 'SCARD_W_SECURITY_VIOLATION'}
SHARED, DIRECT = 2, 3
T1, T0_OR_T1 = 2, 3
LEAVE, RESET = 0, 1


def wait_until(condition):
    for _ in range(400):
        if condition():
            return
        time.sleep(0.05)
    sys.exit('pcscd or its card does not come up:\n' + open('log').read())


def receive(stream, size):
    data = b''
    while len(data) < size:
        data += stream.recv(size - len(data)) or sys.exit()
    return data


def card(stream):
    """In the virtual reader: answers 90 00, and its ATR late after a reset."""
    slow = False
    while True:
        command = receive(stream, *struct.unpack('>H', receive(stream, 2)))
        if len(command) > 1:
            answer = b'\x90\x00'
        elif command[0] == 4:
            time.sleep(SLOW if slow else 0)
            slow, answer = False, ATR
        else:
            slow = slow or command[0] == 2
            continue
        stream.sendall(struct.pack('>H', len(answer)) + answer)


def insert_card():
    streams = []

    def connected():
        try:
            streams.append(socket.create_connection(('127.0.0.1', PORT)))
        except OSError:
            return False
        return True

    wait_until(connected)
    threading.Thread(target=card, args=streams, daemon=True).start()


def start_pcscd():
    """pcscd with the card inserted, once a program can connect to it."""
    with socket.socket() as s:  # the loopback interface up
        fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x41))
    os.makedirs('readers', exist_ok=True)
    with open('readers/vpcd', 'w') as f:
        f.write('FRIENDLYNAME "Reader"\nDEVICENAME /dev/null:0x%X\n'
                'LIBPATH %s\nCHANNELID 0x%X\n' % (PORT, sys.argv[2], PORT))
    os.makedirs('/run/pcscd', exist_ok=True)
    with open('log', 'w') as log:
        pcscd = subprocess.Popen([sys.argv[1], '--foreground', '--config',
                                  os.path.abspath('readers')],
                                 stdout=log, stderr=log)
    insert_card()
    program = Program()
    wait_until(lambda: program.establish() == 0)
    wait_until(lambda: program.connect() == 0)
    program.disconnect(LEAVE)
    program.release()
    return pcscd


class Program:
    """One program's context and connection."""

    def __init__(self):
        self.pcsc = ctypes.CDLL('libpcsclite.so.1')
        self.context = ctypes.c_long()
        self.card = ctypes.c_long()
        self.protocol = ctypes.c_ulong()

    def call(self, name, *args):
        args = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in args]
        return getattr(self.pcsc, 'SCard' + name)(*args) & 0xFFFFFFFF

    def establish(self):
        return self.call('EstablishContext', 2, None, None,
                         ctypes.byref(self.context))

    def release(self):
        return self.call('ReleaseContext', self.context)

    def is_valid_context(self):
        return self.call('IsValidContext', self.context)

    def list_readers(self):
        size = ctypes.c_ulong(0)
        return self.call('ListReaders', self.context, None, None,
                         ctypes.byref(size))

    def connect(self, share=SHARED):
        return self.call('Connect', self.context, b'Reader 00 00', share,
                         T0_OR_T1 if share == SHARED else 0,
                         ctypes.byref(self.card), ctypes.byref(self.protocol))

    def reconnect(self):
        return self.call('Reconnect', self.card, SHARED, T0_OR_T1, LEAVE,
                         ctypes.byref(self.protocol))

    def disconnect(self, disposition):
        return self.call('Disconnect', self.card, disposition)

    def status(self):
        state, size = ctypes.c_ulong(), ctypes.c_ulong()
        return self.call('Status', self.card, None, None, ctypes.byref(state),
                         ctypes.byref(self.protocol), None,
                         ctypes.byref(size))

    def begin(self):
        return self.call('BeginTransaction', self.card)

    def end(self, disposition):
        return self.call('EndTransaction', self.card, disposition)

    def control(self):
        """Asks for the reader's features (CM_IOCTL_GET_FEATURE_REQUEST)."""
        answer = ctypes.create_string_buffer(256)
        size = ctypes.c_ulong()
        return self.call('Control', self.card, 0x42000D48, None, 0, answer,
                         len(answer), ctypes.byref(size))

    def transmit(self):
        """A SELECT, with the protocol block of T=1."""
        block = (ctypes.c_ulong * 2)(T1, 16)
        select = bytes.fromhex('00A4040C01A0')
        answer = ctypes.create_string_buffer(258)
        size = ctypes.c_ulong(len(answer))
        return self.call('Transmit', self.card, block, select, len(select),
                         None, answer, ctypes.byref(size))


def tell(what, code):
    """Prints and returns the name of what a call answered."""
    name = NAMES.get(code, hex(code))
    print('%s: %s' % (what, name), flush=True)
    return name
