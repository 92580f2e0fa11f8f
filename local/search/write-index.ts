import type { DatabaseSync } from 'node:sqlite';
import type { ImageSource } from '../../functions/contracts/image-input.ts';
import type { HocrDocument } from './hocr-words.ts';
import { withoutMarks } from './match-marks.ts';

/** A document among the results of a task. */
export interface IndexedResult {
  readonly index: number;
  readonly key: string;
}

/** The documents of one recognized image. At least one of them is present. */
export interface IndexedImage {
  readonly text?: { readonly result: IndexedResult; readonly content: string } | undefined;
  readonly hocr?: { readonly result: IndexedResult; readonly document: HocrDocument } | undefined;
}

export interface IndexedTask {
  readonly taskId: string;
  /** Changes with any document of the task. */
  readonly fingerprint: string;
  /** When the task ended, in ISO 8601. */
  readonly collectedAt: string;
  readonly source: ImageSource | undefined;
  readonly images: readonly IndexedImage[];
}

/**
 * About 60 pages. Limits the time of each statement: highlight() of FTS5 copies the text for each
 * match.
 */
export const MAX_DOCUMENT_CHARACTERS = 200_000;

/** A word is stored as page, x1, y1, x2 and y2. */
export const NUMBERS_PER_WORD = 5;

/** Adds a task, and replaces what the index has of it. */
export function replaceTask(database: DatabaseSync, task: IndexedTask): void {
  inTransaction(database, () => {
    deleteTask(database, task.taskId);
    const { taskId, fingerprint, collectedAt, source, images } = task;
    database
      .prepare('INSERT INTO tasks (task_id, fingerprint, collected_at, source) VALUES (?, ?, ?, ?)')
      .run(taskId, fingerprint, collectedAt, source === undefined ? null : JSON.stringify(source));
    const insertImage = database.prepare(
      'INSERT INTO images (task_id, text_result, hocr_result, pages, boxes) VALUES (?, ?, ?, ?, ?)',
    );
    const insertTexts = database.prepare('INSERT INTO texts (rowid, text, hocr) VALUES (?, ?, ?)');
    for (const { text, hocr } of images) {
      const { lines, boxes } = storedWords(hocr?.document.words ?? []);
      const { lastInsertRowid } = insertImage.run(
        taskId,
        text === undefined ? null : JSON.stringify(text.result),
        hocr === undefined ? null : JSON.stringify(hocr.result),
        JSON.stringify(hocr?.document.pages ?? []),
        boxes,
      );
      const content = withoutMarks((text?.content ?? '').slice(0, MAX_DOCUMENT_CHARACTERS));
      insertTexts.run(lastInsertRowid, content, lines);
    }
  });
}

/** Removes what the index has of a task. */
export function removeTask(database: DatabaseSync, taskId: string): void {
  inTransaction(database, () => deleteTask(database, taskId));
}

function deleteTask(database: DatabaseSync, taskId: string): void {
  database.prepare('DELETE FROM texts WHERE rowid IN (SELECT id FROM images WHERE task_id = ?)').run(taskId);
  database.prepare('DELETE FROM images WHERE task_id = ?').run(taskId);
  database.prepare('DELETE FROM tasks WHERE task_id = ?').run(taskId);
}

function inTransaction(database: DatabaseSync, change: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    change();
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Puts each word into a line of its own, so that the number of the line finds its rectangle. */
function storedWords(words: HocrDocument['words']): { readonly lines: string; readonly boxes: Uint8Array } {
  const lines = words.map(({ text }) => withoutMarks(text)).join('\n');
  const numbers = words.flatMap(({ page, x1, y1, x2, y2 }) => [page, x1, y1, x2, y2]);
  return { lines, boxes: new Uint8Array(Int32Array.from(numbers).buffer) };
}
