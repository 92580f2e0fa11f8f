import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApiDocument } from '../functions/task-api/openapi-document.ts';
import { costDocument } from './cost-document.ts';
import { eventDocuments } from './event-documents.ts';

/** `npm run generate`: writes the committed files that are made from the code. Tests compare them. */

const docs = join(import.meta.dirname, '..', 'docs');
const events = join(docs, 'events');
await rm(events, { recursive: true, force: true });
await mkdir(events);
for (const [name, text] of eventDocuments()) await writeFile(join(events, name), text);
// GET /openapi.json returns the same document.
await writeFile(join(docs, 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
await writeFile(join(docs, 'costs.md'), costDocument());
