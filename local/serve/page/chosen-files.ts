import type { OperationChoice } from '../page-contract.ts';

/** What kind of file it is. Each operation takes one kind. */
export type FileKind = OperationChoice['input'];

/** What the form says about all files. */
export interface FormChoice {
  readonly operation: string;
  readonly resultType: string;
  readonly language: string;
  /** `name=value` for each. */
  readonly settings: readonly string[];
  /** `x1,y1,x2,y2` for each. */
  readonly regions: readonly string[];
}

/** How a file is recognized, or why it cannot be. */
export type FilePlan =
  | { readonly kind: 'planned'; readonly operation: string; readonly query: URLSearchParams }
  | { readonly kind: 'impossible'; readonly reason: string };

/** A file of a browser has both. */
interface NamedFile {
  readonly name: string;
  /** A media type, or empty. */
  readonly type: string;
}

export interface PlannedFile<T> {
  readonly file: T;
  readonly plan: FilePlan;
}

/** What the dialog for files offers. */
export const ACCEPTED_FILES: Readonly<Record<FileKind, string>> = {
  image: 'image/*',
  pdf: '.pdf',
  djvu: '.djvu,.djv',
  text: '.txt',
};

const KIND_NAMES: Readonly<Record<FileKind, string>> = {
  image: 'an image',
  pdf: 'a PDF document',
  djvu: 'a DjVu document',
  text: 'a text',
};

/** Tells the kind of a file by its type and name. The server checks its content. */
export function kindOf({ type, name }: NamedFile): FileKind {
  if (type === 'application/pdf' || /\.pdf$/i.test(name)) return 'pdf';
  if (/\.djvu?$/i.test(name)) return 'djvu';
  return type.startsWith('text/') ? 'text' : 'image';
}

/**
 * Plans the recognition of files. A single file gets the operation of the form, and the server says
 * if that cannot be. Of several files, each kind that the operation does not take gets the first
 * operation that takes it, with what it has in common with the form.
 */
export function planFiles<T extends NamedFile>(
  files: readonly T[],
  form: FormChoice,
  operations: readonly OperationChoice[],
): readonly PlannedFile<T>[] {
  const chosen = operations.find(({ name }) => name === form.operation);
  return files.map((file) => {
    const kind = kindOf(file);
    const isFitting = files.length === 1 || chosen?.input === kind;
    const operation = isFitting ? chosen : operations.find(({ input }) => input === kind);
    return { file, plan: planFile(file, form, operation, operations) };
  });
}

function planFile(
  file: NamedFile,
  form: FormChoice,
  operation: OperationChoice | undefined,
  operations: readonly OperationChoice[],
): FilePlan {
  if (operation === undefined) {
    const reason = `file: got ${KIND_NAMES[kindOf(file)]}; allowed: ${allowedKinds(operations)}`;
    return { kind: 'impossible', reason };
  }
  const { name, resultTypes, languages, settings } = operation;
  const query = new URLSearchParams({ fileName: file.name, operation: name });
  if (resultTypes.includes(form.resultType)) query.set('resultType', form.resultType);
  if (languages.includes(form.language)) query.set('language', form.language);
  for (const setting of form.settings) {
    if (settings.some((offered) => setting.startsWith(`${offered.name}=`))) query.append('setting', setting);
  }
  for (const region of form.regions) query.append('region', region);
  return { kind: 'planned', operation: name, query };
}

function allowedKinds(operations: readonly OperationChoice[]): string {
  return [...new Set(operations.map(({ input }) => KIND_NAMES[input]))].join(', ');
}
