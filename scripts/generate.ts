import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventDocuments } from './event-documents.ts';

/** Writes the committed files that are made from the code: `npm run generate`. A test holds them in step. */

const events = join(import.meta.dirname, '..', 'docs', 'events');
await rm(events, { recursive: true, force: true });
await mkdir(events);
for (const [name, text] of eventDocuments()) await writeFile(join(events, name), text);
