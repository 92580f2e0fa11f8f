import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { costTables } from '../bench/costs/cost-tables.ts';
import { openApiDocument } from '../functions/task-api/openapi-document.ts';
import { clientSizeTable } from './client-size.ts';
import { clientTypes } from './client-types.ts';
import { replaceBlocks } from './documents/generated-blocks.ts';
import { eventDocuments } from './event-documents.ts';

/** Writes the files and tables that are generated from the code. Tests fail if they differ. */

const docs = join(import.meta.dirname, '..', 'docs');
const events = join(docs, 'events');
await rm(events, { recursive: true, force: true });
await mkdir(events);
for (const [name, text] of eventDocuments()) await writeFile(join(events, name), text);
// For readers; GET /openapi.json serves the same.
await writeFile(join(docs, 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`);

await writeFile(join(import.meta.dirname, '..', 'client', 'api-types.ts'), await clientTypes());

const costs = join(docs, 'operate', 'limits-costs-scale.md');
await writeFile(costs, replaceBlocks(await readFile(costs, 'utf8'), await costTables()));

const client = join(docs, 'use', 'client.md');
await writeFile(client, replaceBlocks(await readFile(client, 'utf8'), await clientSizeTable()));
