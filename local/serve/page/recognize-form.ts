import { startedBatchSchema } from '../../../functions/contracts/batches-api.ts';
import { describeUpload, type LoggedUpload } from '../../logged-upload.ts';
import { choicesSchema, recognizedSchema, storedImageSchema } from '../page-contract.ts';
import { ApiError, errorText, requestJson, uploadFile } from './api-client.ts';
import { ACCEPTED_FILES, type FormChoice, kindOf, type PlannedFile, planFiles } from './chosen-files.ts';
import { byId, element, showContent } from './dom.ts';
import { createRegions } from './regions.ts';
import { createSettingFields } from './setting-fields.ts';
import type { UploadRow, Uploads } from './uploads.ts';

const form = byId('form', HTMLFormElement);
const drop = byId('drop', HTMLLabelElement);
const fileInput = byId('file', HTMLInputElement);
const chosen = byId('chosen', HTMLDivElement);
const preview = byId('preview', HTMLImageElement);
const operation = byId('operation', HTMLSelectElement);
const resultType = byId('result-type', HTMLSelectElement);
const languageField = byId('language-field', HTMLLabelElement);
const language = byId('language', HTMLSelectElement);
const otherKinds = byId('other-kinds', HTMLParagraphElement);
const asBatchField = byId('as-batch-field', HTMLLabelElement);
const asBatch = byId('as-batch', HTMLInputElement);
const submit = byId('submit', HTMLButtonElement);
const submission = byId('submission', HTMLParagraphElement);
const problem = byId('problem', HTMLParagraphElement);

/** How many files are uploaded at the same time. The simulator recognizes one at a time. */
const UPLOADS_AT_ONCE = 3;

export interface RecognizeForm {
  /** Removes the message that the server has stopped. */
  endConnectionProblem(): void;
  /** Shows why an upload to Aspose is repeated, while the form is waiting. */
  showUpload(upload: LoggedUpload): void;
}

export interface RecognizeFormOptions {
  readonly uploads: Uploads;
  openTask(taskId: string): void;
  openBatch(batchId: string): void;
}

/**
 * Lets the user choose or drop files, and submits them. A message about a request stays until the
 * user changes the request, or until the server responds again.
 */
export async function createRecognizeForm({
  uploads,
  openTask,
  openBatch,
}: RecognizeFormOptions): Promise<RecognizeForm> {
  const { operations } = await requestJson(choicesSchema, '/local/choices');
  const settingFields = createSettingFields();
  const kinds = new Set(operations.map(({ input }) => input));
  fileInput.accept = [...kinds].map((kind) => ACCEPTED_FILES[kind]).join();

  /** Offers names in a list, and keeps the chosen one if it is offered again. */
  function offer(select: HTMLSelectElement, names: readonly string[]): void {
    const { value } = select;
    select.replaceChildren(...names.map((name) => element('option', { value: name }, name)));
    if (names.includes(value)) select.value = value;
  }
  const chosenOperation = () => operations.find(({ name }) => name === operation.value);
  const chosenFiles = () => [...(fileInput.files ?? [])];
  function offerSettings(): void {
    const { resultTypes = [], languages = [], settings = [] } = chosenOperation() ?? {};
    offer(resultType, resultTypes);
    offer(language, languages);
    languageField.hidden = languages.length === 0;
    settingFields.show(settings);
    describeFiles();
  }
  function chooseOperation(name: string): void {
    operation.value = name;
    offerSettings();
  }

  const regions = createRegions(() => {
    endProblem();
    const hasRegions = regions.all().length > 0;
    if (hasRegions === (operation.value === 'RecognizeRegions')) return;
    chooseOperation(hasRegions ? 'RecognizeRegions' : 'RecognizeImage');
  });

  function formChoice(): FormChoice {
    return {
      operation: operation.value,
      resultType: resultType.value,
      language: language.value,
      settings: settingFields.chosen(),
      regions: regions.all().map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2].join()),
    };
  }

  /** Says how many files are recognized, and what differs from the chosen operation. */
  function describeFiles(): void {
    const planned = planFiles(chosenFiles(), formChoice(), operations);
    const others = planned.flatMap(({ file, plan }) => {
      if (plan.kind === 'impossible') return [`${file.name} cannot be recognized.`];
      return plan.operation === operation.value ? [] : [`${file.name} is recognized with ${plan.operation}.`];
    });
    const more = others.length > MAX_NAMED_FILES ? [`${others.length - MAX_NAMED_FILES} more.`] : [];
    showContent(otherKinds, [...others.slice(0, MAX_NAMED_FILES), ...more].join(' '));
    showContent(submit, planned.length > 1 ? `Recognize ${planned.length} files` : 'Recognize');
    asBatchField.hidden = planned.length < 2 || others.length > 0;
  }
  offer(
    operation,
    operations.map(({ name }) => name),
  );
  offerSettings();
  operation.addEventListener('change', offerSettings);

  let isConnectionProblem = false;
  function endProblem(): void {
    problem.textContent = '';
    isConnectionProblem = false;
  }
  function showProblem(error: unknown): void {
    problem.textContent = errorText(error);
    isConnectionProblem = !(error instanceof ApiError);
  }
  form.addEventListener('input', endProblem);

  function showFiles(): void {
    const files = chosenFiles();
    const [file] = files;
    URL.revokeObjectURL(preview.src);
    const kind = file && kindOf(file);
    chosen.hidden = kind !== 'image' || files.length > 1;
    if (file !== undefined && !chosen.hidden) preview.src = URL.createObjectURL(file);
    endProblem();
    regions.clear();
    const fitting = operations.find(({ input }) => input === kind);
    if (fitting !== undefined && chosenOperation()?.input !== kind) chooseOperation(fitting.name);
    describeFiles();
  }
  fileInput.addEventListener('change', showFiles);
  // Chromium does not display TIFF, but Aspose recognizes it.
  preview.addEventListener('error', () => {
    chosen.hidden = true;
  });
  acceptDroppedFiles(showFiles);
  // The browser may have restored a chosen file before this script ran.
  showFiles();

  async function recognizeEach(planned: readonly PlannedFile<File>[]): Promise<void> {
    const rows = uploads.begin(planned.map(({ file }) => file));
    const faults: unknown[] = [];
    await forEachFile(planned, rows, async ({ file, plan }, row) => {
      try {
        if (plan.kind === 'impossible') throw new ApiError(400, plan.reason);
        const url = `/local/recognize?${plan.query}`;
        const { taskId } = await uploadFile(recognizedSchema, url, file, row.showSent);
        row.showTask(taskId);
        if (planned.length === 1) openTask(taskId);
      } catch (error) {
        row.showProblem(errorText(error));
        faults.push(error);
      }
    });
    if (faults.length === 0) return;
    showProblem(faults.find((error) => !(error instanceof ApiError)) ?? faults[0]);
    if (planned.length > 1 && !isConnectionProblem) {
      problem.textContent = `${faults.length} of ${planned.length} files ${faults.length === 1 ? 'was' : 'were'} not accepted.`;
    }
  }

  async function recognizeAsBatch(planned: readonly PlannedFile<File>[]): Promise<void> {
    const rows = uploads.begin(planned.map(({ file }) => file));
    const batchId = createBatchId();
    const faults: unknown[] = [];
    await forEachFile(planned, rows, async ({ file }, row, position) => {
      const query = new URLSearchParams({ position: String(position), fileName: file.name });
      try {
        await uploadFile(storedImageSchema, `/local/batches/${batchId}/images?${query}`, file, row.showSent);
        row.showStored();
      } catch (error) {
        row.showProblem(errorText(error));
        faults.push(error);
      }
    });
    if (faults.length > 0) {
      showProblem(faults.find((error) => !(error instanceof ApiError)) ?? faults[0]);
      problem.append(' The batch was not started.');
      return;
    }
    const [first] = planned;
    if (first?.plan.kind !== 'planned') return;
    const { query } = first.plan;
    query.delete('fileName');
    try {
      await requestJson(startedBatchSchema, `/local/batches/${batchId}?${query}`, { method: 'POST' });
      openBatch(batchId);
    } catch (error) {
      showProblem(error);
    }
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const planned = planFiles(chosenFiles(), formChoice(), operations);
    if (planned.length === 0) return;
    submit.disabled = true;
    endProblem();
    const [first] = planned;
    submission.textContent = `Uploading ${planned.length === 1 ? first?.file.name : `${planned.length} files`}`;
    const isBatch = !asBatchField.hidden && asBatch.checked;
    await (isBatch ? recognizeAsBatch(planned) : recognizeEach(planned));
    submit.disabled = false;
    submission.textContent = '';
  });

  return {
    endConnectionProblem() {
      if (isConnectionProblem) endProblem();
    },
    showUpload(upload) {
      if (!submit.disabled) return;
      // Each row shows its own task.
      const isOneOfSeveral = chosenFiles().length > 1;
      if (isOneOfSeveral && upload.taskId !== undefined) return;
      submission.textContent = `${isOneOfSeveral ? 'An' : 'The'} image was ${describeUpload(upload)}`;
    },
  };
}

/** How many files of another kind are named. */
const MAX_NAMED_FILES = 3;

/** Works on some files at the same time. */
async function forEachFile(
  planned: readonly PlannedFile<File>[],
  rows: readonly UploadRow[],
  work: (file: PlannedFile<File>, row: UploadRow, position: number) => Promise<void>,
): Promise<void> {
  const waiting = planned.entries();
  async function workThrough(): Promise<void> {
    for (const [position, file] of waiting) {
      const row = rows[position];
      if (row !== undefined) await work(file, row, position);
    }
  }
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, workThrough));
}

/** Batches on the page are named after their time, which sorts and is readable. */
function createBatchId(): string {
  const time = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return `page-${time}-${crypto.randomUUID().slice(0, 4)}`;
}

/** Puts files that are dropped on the page into the input. By default, the browser opens them. */
function acceptDroppedFiles(onDropped: () => void): void {
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  document.addEventListener('dragleave', () => drop.classList.remove('over'));
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    const files = event.dataTransfer?.files;
    if (files === undefined || files.length === 0) return;
    fileInput.files = files;
    onDropped();
  });
}
