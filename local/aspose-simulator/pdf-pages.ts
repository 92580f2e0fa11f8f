import type { PDFiumDocument, PDFiumPage } from '@hyzyla/pdfium';
import sharp from 'sharp';
import type { Picture } from './picture.ts';
import { MAX_SIDE_PIXELS } from './recognizer.ts';

/** Recognition of a page takes seconds, and its results stay in memory until the last page. */
const MAX_PAGES = 50;

/** What Tesseract's language data was trained for. */
const DOTS_PER_INCH = 300;

/** The unit of PDF. Larger pages than fit at this resolution are rejected. */
const POINTS_PER_INCH = 72;

/** Pages larger than A2 are rendered at a lower resolution, to limit memory. */
const MAX_PAGE_MEGAPIXELS = 35;

/** A PDF has this within its first bytes. PDFium and other viewers allow others before it. */
const SIGNATURE = '%PDF-';
const SIGNATURE_WITHIN_BYTES = 1024;

/**
 * Renders the pages of a PDF document as a viewer shows them, each when it is requested.
 *
 * PDFium is loaded anew for each document, in 20 ms. Its memory never shrinks, so it is discarded
 * with the document.
 *
 * @throws Error with a message for the user when the document is encrypted, broken or too large
 */
export async function* renderPages(file: Uint8Array): AsyncGenerator<Picture> {
  const document = await openDocument(file);
  const pages = document.getPageCount();
  if (pages === 0 || pages > MAX_PAGES) {
    throw new Error(`image: got a PDF document of ${pages} pages; allowed: 1 to ${MAX_PAGES} pages`);
  }
  for (let index = 0; index < pages; index += 1) yield await renderPage(document, index);
}

async function openDocument(file: Uint8Array): Promise<PDFiumDocument> {
  const { PDFiumLibrary } = await import('@hyzyla/pdfium');
  const library = await PDFiumLibrary.init();
  try {
    return await library.loadDocument(file);
  } catch (cause) {
    throw new Error(`image: got ${describeUnreadable(file, cause)}`, { cause });
  }
}

function describeUnreadable(file: Uint8Array, cause: unknown): string {
  if (!Buffer.from(file.subarray(0, SIGNATURE_WITHIN_BYTES)).includes(SIGNATURE)) {
    return `${file.byteLength} bytes of other content; allowed: a PDF document`;
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  return /password|security/i.test(detail)
    ? 'an encrypted PDF document; allowed: one that opens without a password'
    : `a broken PDF document (${detail}); allowed: a complete one`;
}

async function renderPage(document: PDFiumDocument, index: number): Promise<Picture> {
  const page = document.getPage(index);
  const scale = scaleOf(page, `page ${index + 1}`);
  const { data, width, height } = await page.render({
    scale,
    renderFormFields: true,
    render: ({ data: pixels, width, height }) =>
      sharp(pixels, { raw: { width, height, channels: 4 } })
        .removeAlpha()
        .withMetadata({ density: Math.round(POINTS_PER_INCH * scale) })
        .png()
        .toBuffer(),
  });
  return { png: data, width, height };
}

/** Returns the pixels per point. */
function scaleOf(page: PDFiumPage, name: string): number {
  const { originalWidth: width, originalHeight: height } = page.getOriginalSize();
  if (width < 1 || height < 1) {
    throw new Error(`image: got a PDF document whose ${name} is broken; allowed: a complete one`);
  }
  const scale = Math.min(
    DOTS_PER_INCH / POINTS_PER_INCH,
    Math.sqrt((MAX_PAGE_MEGAPIXELS * 1e6) / (width * height)),
    MAX_SIDE_PIXELS / Math.max(width, height),
  );
  if (scale >= 1) return scale;
  const size = `${Math.round(width)} x ${Math.round(height)} points`;
  const allowed = `at most ${MAX_PAGE_MEGAPIXELS} million square points, ${MAX_SIDE_PIXELS} on each side`;
  throw new Error(`image: got ${name} of ${size}; allowed: ${allowed}`);
}
