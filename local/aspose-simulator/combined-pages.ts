import type { RecognizedPage } from './recognizer.ts';

/** Joins the texts of pages, in order. An empty line separates two pages. */
export function combineTexts(pages: readonly RecognizedPage[]): string {
  return pages.map(({ text }) => text).join('\n\n');
}

/** Returns an hOCR document with one page element for each page. */
export function combineHocr(pages: readonly RecognizedPage[]): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="ocr-system" content="tesseract">
<title></title>
</head>
<body>
${pages.map(({ hocr }, index) => numberPage(hocr, index)).join('')}</body>
</html>
`;
}

/** Makes ids unique in the document. Tesseract numbers every page as the first one. */
function numberPage(hocr: string, index: number): string {
  return hocr
    .replaceAll(/(?<=\bid='(?:page|block|par|line|word)_)1(?=[_'])/g, String(index + 1))
    .replace(/(?<=; ppageno )0/, String(index));
}

/** Returns one searchable PDF with all pages; null when it was not requested. */
export async function combinePdfs(pages: readonly RecognizedPage[]): Promise<Uint8Array | null> {
  const pdfs = pages.flatMap(({ searchablePdf }) => searchablePdf ?? []);
  const [first = null] = pdfs;
  if (pdfs.length <= 1) return first;
  const { PDFDocument } = await import('pdf-lib');
  const combined = await PDFDocument.create();
  for (const pdf of pdfs) {
    const [page] = await combined.copyPages(await PDFDocument.load(pdf), [0]);
    if (page !== undefined) combined.addPage(page);
  }
  return await combined.save();
}
