# SPDX-License-Identifier: Apache-2.0
"""Signs by the LibreOffice that listens on a pipe.

libreoffice.py PIPE pdf FILE LOGIN-PIN [SIGNATURE-PIN]
    Exports a document as a signed PDF. LOGIN-PIN answers the dialog for the
    token, which a headless LibreOffice cannot show.
libreoffice.py PIPE odf FILE [PIN...]
    Signs an OpenDocument text. Each PIN answers one dialog; without any the
    windows are for somebody else to answer.

Prints "asked" for each dialog it was to answer; one for which there is no PIN is
cancelled.
"""

import os
import sys
import time

import uno
import unohelper
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import XServiceInfo, XSingleComponentFactory
from com.sun.star.task import XInteractionHandler2
from com.sun.star.uno import Exception as UnoException

DIALOGS = "com.sun.star.task.InteractionHandler"
OWN_DIALOGS = "com.sun.star.comp.uui.UUIInteractionHandler"
READ_WRITE = 7  # com.sun.star.embed.ElementModes: READ, SEEKABLE, WRITE


class Answer(unohelper.Base, XInteractionHandler2):
    """Answers each request for a password with the next one."""

    def __init__(self, passwords):
        self.passwords = passwords

    def handle(self, request):
        self.handleInteractionRequest(request)

    def handleInteractionRequest(self, request):
        for continuation in request.getContinuations():
            if hasattr(continuation, "setPassword"):
                print("asked", flush=True)
                if not self.passwords:
                    return False
                continuation.setPassword(self.passwords.pop(0))
                continuation.select()
                return True
        return False


class Answers(unohelper.Base, XSingleComponentFactory, XServiceInfo):
    """The service that LibreOffice takes for its dialogs."""

    def __init__(self, passwords):
        self.passwords = passwords

    def createInstanceWithContext(self, context):
        return Answer(self.passwords)

    def createInstanceWithArgumentsAndContext(self, arguments, context):
        return Answer(self.passwords)

    def getImplementationName(self):
        return "jpki.Answers"

    def supportsService(self, name):
        return name == DIALOGS

    def getSupportedServiceNames(self):
        return (DIALOGS,)


def properties(**values):
    return tuple(
        PropertyValue(name, 0, value, 0) for name, value in values.items()
    )


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    for _ in range(3000):
        try:
            return resolver.resolve(
                f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
            )
        except NoConnectException:
            time.sleep(0.1)
    sys.exit("no LibreOffice")


class Office:
    def __init__(self, pipe):
        self.context = connect(pipe)
        self.services = self.context.ServiceManager

    def service(self, name, *arguments):
        return self.services.createInstanceWithArgumentsAndContext(
            name, arguments, self.context
        )

    def answer_dialogs(self, passwords):
        self.services.remove(OWN_DIALOGS)
        self.services.insert(Answers(passwords))

    def document(self):
        document = self.service(
            "com.sun.star.frame.Desktop"
        ).loadComponentFromURL(
            "private:factory/swriter", "_blank", 0, properties(Hidden=True)
        )
        document.Text.setString("To be signed")
        return document

    def certificate(self):
        """The first that has a key; logs in to the tokens."""
        certificates = (
            self.service("com.sun.star.xml.crypto.SEInitializer")
            .createSecurityContext("")
            .getSecurityEnvironment()
            .getPersonalCertificates()
        )
        if not certificates:
            raise LookupError("no certificate with a key")
        return certificates[0]

    def export_pdf(self, url, **password):
        document = self.document()
        options = properties(
            SignPDF=True,
            SignCertificateSubjectName=self.certificate().SubjectName,
            **password
        )
        document.storeToURL(
            url,
            properties(
                FilterName="writer_pdf_Export",
                FilterData=uno.Any(
                    "[]com.sun.star.beans.PropertyValue", options
                ),
            ),
        )

    def sign_odf(self, url):
        """The package as plain files; its signatures are hidden otherwise."""
        self.document().storeToURL(url, ())
        zip_format = uno.Any(
            "[]com.sun.star.beans.PropertyValue",
            properties(StorageFormat="ZipFormat"),
        )
        storage = uno.invoke(
            self.service("com.sun.star.embed.StorageFactory"),
            "createInstanceWithArguments",
            ((url, READ_WRITE, zip_format),),
        )
        signatures = self.service(
            "com.sun.star.security.DocumentDigitalSignatures", "1.2", True
        )
        if signatures.signDocumentWithCertificate(
            self.certificate(), storage, None
        ):
            storage.commit()


def main():
    pipe, form, path, *pins = sys.argv[1:]
    office = Office(pipe)
    url = uno.systemPathToFileUrl(path)
    try:
        if form == "pdf":
            office.answer_dialogs(pins[:1])
            office.export_pdf(
                url, **({"SignaturePassword": pins[1]} if pins[1:] else {})
            )
        else:
            if pins:
                office.answer_dialogs(pins)
            office.sign_odf(url)
    except (UnoException, LookupError) as error:
        print("LibreOffice:", error)
    print("done", flush=True)
    os._exit(0)  # the interpreter's own end may hang on the connection


main()
