import { expect, it } from 'vitest';
import { codeBlocks } from '../../scripts/documents/code-blocks.ts';
import { collectBatch, collectChunk, recognizeImage } from '../lib/state-machine.ts';

/** What the shapes of a picture's nodes mean, by their opening bracket. */
const SHAPES: Readonly<Record<string, string>> = {
  '[': 'Task',
  '{': 'Choice',
  '[/': 'Wait',
  '[[': 'Map',
  '{{': 'Pass',
  '([': 'an end',
  '((': 'start or end of an execution',
};

/** A picture as sorted lines such as `A (Task)` and `A -> B`. */
function drawnLines(page: string, index: number): readonly string[] {
  const picture = codeBlocks(page).filter(({ language }) => language === 'mermaid')[index];
  const nodes = new Map<string, readonly string[]>();
  const lines: string[] = [];
  const edges: (readonly [string, string])[] = [];
  const side = String.raw`(\w+)(?:(\[/|\[\[|\(\[|\(\(|\{\{|\[|\{)(.+?)(?:/\]|\]\]|\]\)|\)\)|\}\}|\]|\}))?`;
  const edge = new RegExp(`^  ${side} (?:-- .+ )?--> ${side}$`);
  for (const line of picture?.code.trimEnd().split('\n').slice(1) ?? []) {
    const found = edge.exec(line);
    if (found === null) throw new Error(`The picture has a line that this test cannot parse: ${line}`);
    const [, from = '', fromShape, fromLabel, to = '', toShape, toLabel] = found;
    for (const [id, shape, label] of [
      [from, fromShape, fromLabel],
      [to, toShape, toLabel],
    ]) {
      if (id === undefined || shape === undefined || label === undefined) continue;
      const names = label.split('<br/>');
      nodes.set(id, names);
      for (const name of names) lines.push(`${name} (${SHAPES[shape]})`);
    }
    edges.push([from, to]);
  }
  for (const [from, to] of edges) {
    for (const source of nodes.get(from) ?? []) {
      for (const target of nodes.get(to) ?? []) lines.push(`${source} -> ${target}`);
    }
  }
  return lines.sort();
}

/** A definition as lines of the same form. */
function definedLines({ StartAt, States }: typeof collectChunk): readonly string[] {
  const lines = ['start (start or end of an execution)', `start -> ${StartAt}`];
  for (const [name, { Type, Next, End, Choices = [], Default, Catch = [] }] of Object.entries(States)) {
    lines.push(`${name} (${['Succeed', 'Fail'].includes(Type) ? 'an end' : Type})`);
    const targets = [
      ...[Next, ...Choices.map((choice) => choice.Next), ...Catch.map((catcher) => catcher.Next)],
      ...[Default, End ? 'succeeded' : undefined],
    ];
    for (const target of new Set(targets)) if (target !== undefined) lines.push(`${name} -> ${target}`);
  }
  const succeeds = lines.some((line) => line.endsWith('-> succeeded'));
  if (succeeds) lines.push('succeeded (start or end of an execution)');
  return lines.sort();
}

it.each([
  { name: 'Recognize image', page: 'README.md', index: 0, definition: recognizeImage.definition },
  { name: 'Collect batch', page: 'docs/design/design.md', index: 0, definition: collectBatch.definition },
  { name: 'a chunk', page: 'docs/design/design.md', index: 1, definition: collectChunk },
])(
  'the picture in $page shows exactly the states and transitions of $name',
  ({ page, index, definition }) => {
    const drawn = drawnLines(page, index);

    expect(drawn.length).toBeGreaterThan(5);
    expect(drawn).toEqual(definedLines(definition));
  },
);
