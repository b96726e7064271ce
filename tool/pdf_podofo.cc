/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/pdf.h"

#include <climits>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <new>
#include <string>

#include <podofo/podofo.h>

/* The only file in C++: libpodofo has no other interface. */

using namespace PoDoFo;

namespace
{

/* OBJECT, or what it refers to; NULL: nothing. */
const PdfObject *resolve(PdfMemDocument &document, const PdfObject *object)
{
    return object && object->IsReference()
               ? document.GetObjects().GetObject(object->GetReference())
               : object;
}

/* What KEY of DICTIONARY is; NULL: nothing, or DICTIONARY is none. */
const PdfObject *find(
    PdfMemDocument &document, const PdfObject *dictionary, const char *key)
{
    if (!dictionary || !dictionary->IsDictionary())
        return nullptr;
    return resolve(document, dictionary->GetDictionary().GetKey(key));
}

/* The elements of ARRAY; none where it is none. */
const PdfArray &elements(const PdfObject *array)
{
    static const PdfArray none;

    return array && array->IsArray() ? array->GetArray() : none;
}

/* True where its author's signature says so (ISO 32000-1 12.8.2.2). */
bool allows_no_change(PdfMemDocument &document)
{
    const PdfObject *signature = find(
        document, find(document, document.GetCatalog(), "Perms"), "DocMDP");
    const PdfArray &references =
        elements(find(document, signature, "Reference"));

    for (size_t i = 0; i < references.size(); i++) {
        const PdfObject *parameters = find(
            document, resolve(document, &references[i]), "TransformParams");
        const PdfObject *p = find(document, parameters, "P");

        if (p && p->IsNumber() && p->GetNumber() == 1)
            return true;
    }
    return false;
}

/* True where a field at the top of FORM has the name. */
bool has_field(
    PdfMemDocument &document, const PdfAcroForm &form, const std::string &name)
{
    const PdfArray &fields =
        elements(find(document, form.GetObject(), "Fields"));

    for (size_t i = 0; i < fields.size(); i++) {
        const PdfObject *title =
            find(document, resolve(document, &fields[i]), "T");

        if (title && title->IsString() &&
            title->GetString().GetStringUtf8() == name)
            return true;
    }
    return false;
}

/* As a string: PdfDate wants the library's time_t, which may have 32 bits. */
void set_date(PdfSignatureField &field, int64_t at)
{
    time_t seconds = (time_t)at;
    struct tm tm;
    char text[32];

    if (!gmtime_r(&seconds, &tm) ||
        !strftime(text, sizeof text, "D:%Y%m%d%H%M%S+00'00'", &tm))
        PODOFO_RAISE_ERROR(ePdfError_ValueOutOfRange);
    field.GetSignatureObject()->GetDictionary().AddKey("M", PdfString(text));
}

/* A field without a place on the page, on the first one, that is signed. */
void add_field(PdfMemDocument &document, const PdfData &beacon, int64_t at)
{
    PdfPage *page = document.GetPage(0);
    PdfAcroForm *form = document.GetAcroForm(
        ePdfCreateObject, ePdfAcroFormDefaultAppearance_None);
    const pdf_int64 signatures_and_append_only = 3;
    size_t number = 1;

    if (!page || !form)
        PODOFO_RAISE_ERROR(ePdfError_PageNotFound);
    form->GetObject()->GetDictionary().AddKey(
        "SigFlags", PdfObject(signatures_and_append_only));

    PdfAnnotation *widget =
        page->CreateAnnotation(ePdfAnnotation_Widget, PdfRect(0, 0, 0, 0));
    widget->SetFlags(ePdfAnnotationFlags_Print | ePdfAnnotationFlags_Locked);
    PdfSignatureField field(widget, form, &document);
    while (has_field(document, *form, "Signature" + std::to_string(number)))
        number++;
    field.SetFieldName("Signature" + std::to_string(number));
    set_date(field, at);
    field.SetSignature(beacon);
}

/* Copies what was written, and finds the gap in it by the ByteRange. */
enum pdf_err take(
    const PdfRefCountedBuffer &buffer, const PdfArray &range, struct pdf *pdf)
{
    size_t len = buffer.GetSize();
    size_t gap = (size_t)range[1].GetNumber();
    size_t gap_end = (size_t)range[2].GetNumber();

    if (gap >= gap_end || gap_end > len || gap_end - gap < 2 * PDF_ROOM + 2 ||
        gap_end + (size_t)range[3].GetNumber() != len)
        return PDF_MALFORMED;
    pdf->bytes = (uint8_t *)malloc(len);
    if (!pdf->bytes)
        return PDF_NOMEM;
    memcpy(pdf->bytes, buffer.GetBuffer(), len);
    pdf->len = len;
    pdf->gap = gap;
    pdf->gap_end = gap_end;
    return PDF_OK;
}

enum pdf_err prepare(
    const uint8_t *bytes, size_t len, int64_t at, struct pdf *pdf)
{
    PdfMemDocument document;
    PdfRefCountedBuffer buffer;
    PdfOutputDevice memory(&buffer);
    PdfSignOutputDevice device(&memory);

    document.LoadFromBuffer((const char *)bytes, (long)len, true);
    if (document.GetEncrypted())
        return PDF_ENCRYPTED;
    if (allows_no_change(document))
        return PDF_CERTIFIED;
    device.SetSignatureSize(PDF_ROOM);
    add_field(document, *device.GetSignatureBeacon(), at);
    document.WriteUpdate(&device);
    if (!device.HasSignaturePosition())
        return PDF_MALFORMED;
    PdfArray range = device.AdjustByteRange();
    device.Flush();
    return take(buffer, range, pdf);
}

/*
 * Why a document cannot be read. An encrypted one has no error of its own where
 * its cipher is one that libcrypto does not know any more.
 */
enum pdf_err why(const uint8_t *bytes, size_t len)
{
    static const char key[] = "/Encrypt";

    return memmem(bytes, len, key, sizeof key - 1) ? PDF_ENCRYPTED
                                                   : PDF_MALFORMED;
}

} // namespace

bool pdf_is_known(void)
{
    return true;
}

enum pdf_err pdf_prepare(
    const uint8_t *bytes, size_t len, int64_t at, struct pdf *ret_pdf)
{
    if (len > LONG_MAX)
        return PDF_NOMEM;
    PdfError::EnableDebug(false);
    PdfError::EnableLogging(false);
    try {
        return prepare(bytes, len, at, ret_pdf);
    } catch (const PdfError &error) {
        return error.GetError() == ePdfError_OutOfMemory ? PDF_NOMEM
                                                         : why(bytes, len);
    } catch (const std::bad_alloc &) {
        return PDF_NOMEM;
    } catch (const std::exception &) {
        return PDF_MALFORMED;
    }
}
