import { expect, it } from 'vitest';
import { recognizePages } from '../../../local/aspose-simulator/recognition.ts';
import { readSubmission } from '../../../local/aspose-simulator/submission.ts';
import { fakeRecognizer, PAGE } from '../../support/fake-recognizer.ts';

it.each(['Pdf', 'ImagePNG'])('limits the results of all pages together for %s', async (resultType) => {
  const half = new Uint8Array(129 * 1024 * 1024);
  const { settings } = readSubmission(JSON.stringify({ image: '', settings: { resultType } }));
  const recognizer = fakeRecognizer({ recognize: async () => ({ ...PAGE, searchablePdf: half }) });
  let rendered = 0;
  async function* pages() {
    for (;;) {
      rendered += 1;
      yield { png: half, width: 1, height: 1 };
    }
  }

  const recognition = recognizePages(pages(), settings, recognizer);

  await expect(recognition).rejects.toThrow('image: got pages with results of over 256 MiB; allowed: fewer');
  expect(rendered).toBe(2);
});
