import { expect, it } from 'vitest';
import { codeBlocks } from '../../scripts/documents/code-blocks.ts';
import { collectBatch, collectChunk, recognizeImage } from '../lib/state-machine.ts';

/** The page with the pictures of the state machines. */
const PAGE = 'docs/design/design.md';

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

/** A picture of the page as sorted lines such as `A (Task)` and `A -> B`. */
function drawnLines(index: number): readonly string[] {
  const picture = codeBlocks(PAGE).filter(({ language }) => language === 'mermaid')[index];
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
  { name: 'Recognize image', index: 0, definition: recognizeImage.definition },
  { name: 'Collect batch', index: 1, definition: collectBatch.definition },
  { name: 'a chunk', index: 2, definition: collectChunk },
])('the picture of $name shows exactly its states and transitions', ({ index, definition }) => {
  const drawn = drawnLines(index);

  expect(drawn.length).toBeGreaterThan(5);
  expect(drawn).toEqual(definedLines(definition));
});
