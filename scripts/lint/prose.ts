/** Words that docs/contribute/style.md replaces. A word in a code span or code block is exempt. */
const REPLACED_WORDS = [
  'for ever',
  'beside',
  'comes? on top',
  'tells? of',
  'told of',
  '(?:is|are|was|be) told',
  'in vain',
  'whoever',
  'what (?:comes|came) of',
  'all the same',
  'reckon(?:s|ed|ing)?',
  'answer(?:s|ed|ing)?',
];
const REPLACED = new RegExp(`\\b(?:${REPLACED_WORDS.join('|')})\\b`, 'i');

const MAX_COLUMNS = 100;

/** A fault in one line of a file. */
export interface ProseFault {
  readonly line: number;
  readonly message: string;
}

/** Checks the comments and strings of a TypeScript file, in which identifiers have no spaces. */
export function lintTypeScript(source: string): ProseFault[] {
  return source
    .split('\n')
    .flatMap((text, index) => [
      ...replacedWord(text, index),
      ...(/^\s*(?:\/\*|\*|\/\/)/.test(text) ? tooLong(text, index) : []),
    ]);
}

/** Checks the prose of a Markdown page. Code blocks are exempt, and tables may be wide. */
export function lintMarkdown(source: string): ProseFault[] {
  let fence = '';
  return source.split('\n').flatMap((text, index) => {
    const [, marker = ''] = /^\s*(```+|~~~+)/.exec(text) ?? [];
    const closes = fence !== '' && marker.startsWith(fence);
    const isCode = fence !== '' || marker !== '';
    if (closes) fence = '';
    else if (fence === '') fence = marker;
    if (isCode) return [];
    const prose = text.replaceAll(/`[^`]*`/g, '');
    return [...replacedWord(prose, index), ...(text.startsWith('|') ? [] : tooLong(prose, index))];
  });
}

function replacedWord(text: string, index: number): ProseFault[] {
  const [word] = REPLACED.exec(text) ?? [];
  return word === undefined
    ? []
    : [{ line: index + 1, message: `got '${word}'; allowed: see the words in docs/contribute/style.md` }];
}

/** A link cannot be wrapped, so only its text counts. */
function tooLong(text: string, index: number): ProseFault[] {
  const length = text.replaceAll(/\]\([^)]*\)/g, ']').replaceAll(/https?:\S+/g, '').length;
  return length <= MAX_COLUMNS
    ? []
    : [{ line: index + 1, message: `got ${length} columns; allowed: ${MAX_COLUMNS} in comments and prose` }];
}
