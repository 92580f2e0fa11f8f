import { choicesSchema, recognizedSchema } from '../page-contract.ts';
import { ApiError, errorText, requestJson } from './api-client.ts';
import { byId, element } from './dom.ts';
import { createRegions } from './regions.ts';

const form = byId('form', HTMLFormElement);
const drop = byId('drop', HTMLLabelElement);
const fileInput = byId('file', HTMLInputElement);
const chosen = byId('chosen', HTMLDivElement);
const preview = byId('preview', HTMLImageElement);
const operation = byId('operation', HTMLSelectElement);
const resultType = byId('result-type', HTMLSelectElement);
const language = byId('language', HTMLInputElement);
const submit = byId('submit', HTMLButtonElement);
const problem = byId('problem', HTMLParagraphElement);

export interface RecognizeForm {
  /** Removes the message that the server has stopped. */
  endConnectionProblem(): void;
}

/**
 * Lets the user choose or drop an image, and submits it. A message about a request stays until the
 * user changes the request, or until the server responds again.
 */
export async function createRecognizeForm(onSubmitted: (taskId: string) => void): Promise<RecognizeForm> {
  const { operations } = await requestJson(choicesSchema, '/local/choices');
  const offer = (select: HTMLSelectElement, names: readonly string[]) =>
    select.replaceChildren(...names.map((name) => element('option', { value: name }, name)));
  function offerResultTypes(): void {
    const { value } = resultType;
    const { resultTypes = [] } = operations.find(({ name }) => name === operation.value) ?? {};
    offer(resultType, resultTypes);
    if (resultTypes.includes(value)) resultType.value = value;
  }
  offer(
    operation,
    operations.map(({ name }) => name),
  );
  offerResultTypes();
  operation.addEventListener('change', offerResultTypes);

  let isConnectionProblem = false;
  function endProblem(): void {
    problem.textContent = '';
    isConnectionProblem = false;
  }
  form.addEventListener('input', endProblem);

  const regions = createRegions(() => {
    endProblem();
    const hasRegions = regions.all().length > 0;
    if (hasRegions === (operation.value === 'RecognizeRegions')) return;
    operation.value = hasRegions ? 'RecognizeRegions' : 'RecognizeImage';
    offerResultTypes();
  });

  function showFile(): void {
    const [file] = fileInput.files ?? [];
    URL.revokeObjectURL(preview.src);
    chosen.hidden = file === undefined;
    if (file !== undefined) preview.src = URL.createObjectURL(file);
    endProblem();
    regions.clear();
  }
  fileInput.addEventListener('change', showFile);
  // Chromium does not display TIFF, but Aspose recognizes it.
  preview.addEventListener('error', () => {
    chosen.hidden = true;
  });
  acceptDroppedFiles(showFile);
  // The browser may have restored a chosen file before this script ran.
  showFile();

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const [file] = fileInput.files ?? [];
    if (file === undefined) return;
    const query = new URLSearchParams({
      operation: operation.value,
      resultType: resultType.value,
      language: language.value,
    });
    for (const { x1, y1, x2, y2 } of regions.all()) query.append('region', [x1, y1, x2, y2].join());
    submit.disabled = true;
    endProblem();
    try {
      const init = { method: 'POST', body: file };
      const { taskId } = await requestJson(recognizedSchema, `/local/recognize?${query}`, init);
      onSubmitted(taskId);
    } catch (error) {
      problem.textContent = errorText(error);
      isConnectionProblem = !(error instanceof ApiError);
    } finally {
      submit.disabled = false;
    }
  });

  return {
    endConnectionProblem() {
      if (isConnectionProblem) endProblem();
    },
  };
}

/** Puts a file that is dropped on the page into the input. By default, the browser opens it. */
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
