import { describeUpload, type LoggedUpload } from '../../logged-upload.ts';
import { choicesSchema, type OperationChoice, recognizedSchema } from '../page-contract.ts';
import { ApiError, errorText, requestJson } from './api-client.ts';
import { byId, element } from './dom.ts';
import { createRegions } from './regions.ts';
import { createSettingFields } from './setting-fields.ts';

const form = byId('form', HTMLFormElement);
const drop = byId('drop', HTMLLabelElement);
const fileInput = byId('file', HTMLInputElement);
const chosen = byId('chosen', HTMLDivElement);
const preview = byId('preview', HTMLImageElement);
const operation = byId('operation', HTMLSelectElement);
const resultType = byId('result-type', HTMLSelectElement);
const languageField = byId('language-field', HTMLLabelElement);
const language = byId('language', HTMLSelectElement);
const submit = byId('submit', HTMLButtonElement);
const submission = byId('submission', HTMLParagraphElement);
const problem = byId('problem', HTMLParagraphElement);

type Input = OperationChoice['input'];

/** What the file dialog offers. */
const ACCEPTED: Readonly<Record<Input, string>> = {
  image: 'image/*',
  pdf: '.pdf',
  djvu: '.djvu,.djv',
  text: '.txt',
};

export interface RecognizeForm {
  /** Removes the message that the server has stopped. */
  endConnectionProblem(): void;
  /** Shows why an upload to Aspose is repeated, while the form is waiting. */
  showUpload(upload: LoggedUpload): void;
}

/**
 * Lets the user choose or drop a file, and submits it. A message about a request stays until the
 * user changes the request, or until the server responds again.
 */
export async function createRecognizeForm(onSubmitted: (taskId: string) => void): Promise<RecognizeForm> {
  const { operations } = await requestJson(choicesSchema, '/local/choices');
  const settingFields = createSettingFields();
  const inputs = new Set(operations.map(({ input }) => input));
  fileInput.accept = [...inputs].map((input) => ACCEPTED[input]).join();

  /** Offers names in a list, and keeps the chosen one if it is offered again. */
  function offer(select: HTMLSelectElement, names: readonly string[]): void {
    const { value } = select;
    select.replaceChildren(...names.map((name) => element('option', { value: name }, name)));
    if (names.includes(value)) select.value = value;
  }
  const chosenOperation = () => operations.find(({ name }) => name === operation.value);
  function offerSettings(): void {
    const { resultTypes = [], languages = [], settings = [] } = chosenOperation() ?? {};
    offer(resultType, resultTypes);
    offer(language, languages);
    languageField.hidden = languages.length === 0;
    settingFields.show(settings);
  }
  function chooseOperation(name: string): void {
    operation.value = name;
    offerSettings();
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
  form.addEventListener('input', endProblem);

  const regions = createRegions(() => {
    endProblem();
    const hasRegions = regions.all().length > 0;
    if (hasRegions === (operation.value === 'RecognizeRegions')) return;
    chooseOperation(hasRegions ? 'RecognizeRegions' : 'RecognizeImage');
  });

  function showFile(): void {
    const [file] = fileInput.files ?? [];
    URL.revokeObjectURL(preview.src);
    const input = file && inputOf(file);
    chosen.hidden = input !== 'image';
    if (file !== undefined && input === 'image') preview.src = URL.createObjectURL(file);
    endProblem();
    regions.clear();
    const fitting = operations.find((offered) => offered.input === input);
    if (fitting !== undefined && chosenOperation()?.input !== input) chooseOperation(fitting.name);
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
      fileName: file.name,
      operation: operation.value,
      resultType: resultType.value,
    });
    if (!languageField.hidden) query.set('language', language.value);
    for (const setting of settingFields.chosen()) query.append('setting', setting);
    for (const { x1, y1, x2, y2 } of regions.all()) query.append('region', [x1, y1, x2, y2].join());
    submit.disabled = true;
    endProblem();
    submission.textContent = `Uploading ${file.name}`;
    try {
      const init = { method: 'POST', body: file };
      const { taskId } = await requestJson(recognizedSchema, `/local/recognize?${query}`, init);
      onSubmitted(taskId);
    } catch (error) {
      problem.textContent = errorText(error);
      isConnectionProblem = !(error instanceof ApiError);
    } finally {
      submit.disabled = false;
      submission.textContent = '';
    }
  });

  return {
    endConnectionProblem() {
      if (isConnectionProblem) endProblem();
    },
    showUpload(upload) {
      if (submit.disabled) submission.textContent = `The image was ${describeUpload(upload)}`;
    },
  };
}

/** What kind of file it is, by its type and name. */
function inputOf({ type, name }: File): Input {
  if (type === 'application/pdf' || /\.pdf$/i.test(name)) return 'pdf';
  if (/\.djvu?$/i.test(name)) return 'djvu';
  return type.startsWith('text/') ? 'text' : 'image';
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
