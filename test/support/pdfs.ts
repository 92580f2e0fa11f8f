import { degrees, PDFDocument, PDFHexString, StandardFonts } from 'pdf-lib';

/** A page of a PDF document, in points. */
export interface PdfPage {
  /** @default [200, 100] */
  readonly size?: readonly [width: number, height: number];
  /** Visible text. */
  readonly text?: string;
  /** A PNG file that covers the page. */
  readonly picture?: Uint8Array;
  /** Text that a viewer finds and copies, but does not show. */
  readonly invisibleText?: string;
  /** The value of a form field. */
  readonly fieldValue?: string;
  /** Degrees by which viewers turn the page clockwise. */
  readonly rotation?: number;
}

/** Writes a PDF document. */
export async function pdfOf(...pages: readonly PdfPage[]): Promise<Buffer> {
  return Buffer.from(await (await createPdf(pages)).save({ addDefaultPage: false }));
}

/** Writes a PDF document that asks for a password. Its content is not really encrypted. */
export async function encryptedPdf(): Promise<Buffer> {
  const pdf = await createPdf([{ text: 'secret' }]);
  const key = PDFHexString.of('5A'.repeat(32));
  pdf.context.trailerInfo.ID = pdf.context.obj([key, key]);
  pdf.context.trailerInfo.Encrypt = pdf.context.obj({
    Filter: 'Standard',
    V: 1,
    R: 2,
    O: key,
    U: key,
    P: -4,
  });
  return Buffer.from(await pdf.save({ useObjectStreams: false }));
}

async function createPdf(pages: readonly PdfPage[]): Promise<PDFDocument> {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (const { size = [200, 100], text, picture, invisibleText, fieldValue, rotation } of pages) {
    const [width, height] = size;
    const page = pdf.addPage([width, height]);
    if (picture !== undefined) page.drawImage(await pdf.embedPng(picture), { width, height });
    if (text !== undefined) page.drawText(text, { x: 10, y: height / 2, size: 16, font });
    if (invisibleText !== undefined)
      page.drawText(invisibleText, { x: 10, y: 10, size: 10, font, opacity: 0 });
    if (fieldValue !== undefined) {
      const field = pdf.getForm().createTextField(`field ${pdf.getPageCount()}`);
      field.setText(fieldValue);
      field.addToPage(page, { x: 10, y: 10, width: width - 20, height: height - 20, borderWidth: 0 });
    }
    if (rotation !== undefined) page.setRotation(degrees(rotation));
  }
  return pdf;
}
