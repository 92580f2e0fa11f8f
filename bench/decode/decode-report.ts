import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import type { Measured } from './contestants.ts';
import type { DecodeResults, SeriesResults, SizeResults } from './decode-results.ts';

const SIZES = ['2kB', '1MB', '10MB', '50MB', '100MB'] as const;

/** The section of docs/performance.md. */
export function report(results: DecodeResults): string {
  return `## Decoding (\`decode\`)

Answers of five sizes over loopback HTTP to a store on loopback HTTP. Ours is what \`fetch-result\` runs (\`Vendor.poll\`, \`assessPoll\`,
\`DocumentStore.store\`: a strict decoder, length and SHA-256, a file for what is large, and a manifest beside the document), against

- **naive**: \`await response.json()\`, \`Buffer.from(data, 'base64')\`, PutObject;
- **stream-json** 3 as its means against memory suggest: \`packStrings: false\`, \`pick\` of \`results.N.data\`, decoded as it comes into a file, SHA-256
  counted, PutObject from the file. (With strings packed, which is its default, each is whole in memory.)

Neither checks the base64, and neither stores a manifest: ours does, in its figures. All are bundled and minified as the functions are, use the same S3 client
and run in a fresh process for each collection (at 2 kB: 300 collections, after 50 to warm up, per collection). Vendor and store run in another process: the store
compares each object's length, checksum and bytes with what they must be, and keeps nothing. Times and CPU are from the request for the answer to the end of the last
PutObject; peak memory is the resident set's, of the whole process, as Linux counts it (\`VmHWM\`). Medians of 5 to 11 runs, the contestants in turns. There is no
TLS in this, which costs all of them the same. The documents are noise, which no part of the way can make smaller.

${seriesTable(results)}
${smallAnswers(results['2kB'])}
**Escaped**: the same sizes, with each \`+\` of the base64 as \`\\u002B\` and each \`/\` as \`\\/\`, as .NET may write it: an escape about every 32 characters.

${seriesTable(results.escaped)}
${goals(results)}
What memory still grows by is buffers that were read into: V8 lets some 30 MB of them wait before it collects them, however long the answer is. On a machine with other
work to do, the ratios of CPU time tell more than those of time.

${limitTable(results.memoryLimit)}`;
}

function seriesTable(series: SeriesResults): string {
  const rows = SIZES.map((size) => {
    const { ours, naive, streamJson, timeRatioToNaive } = series[size];
    const contestants = [ours, naive, streamJson];
    const digits = size === '2kB' ? 2 : 0;
    return [
      spaced(size),
      ...contestants.map(({ milliseconds }) => milliseconds.toFixed(digits)),
      timeRatioToNaive.toFixed(2),
      ...contestants.map(({ cpuMilliseconds }) => cpuMilliseconds.toFixed(digits)),
      cpuRatio(ours, naive).toFixed(2),
      ...contestants.map(({ peakRssMB }) => peakRssMB.toFixed(0)),
    ];
  });
  const columns = (unit: string) => [`${unit}: ours`, 'naive', 'stream-json'];
  const heads = [
    'body',
    ...columns('ms'),
    'of naive',
    ...columns('CPU ms'),
    'of naive',
    ...columns('peak MB'),
  ];
  return markdownTable(heads, rows);
}

function spaced(size: string): string {
  return size.replace(/(\d)(\D)/, '$1 $2');
}

function cpuRatio(ours: Measured, other: Measured): number {
  return ours.cpuMilliseconds / other.cpuMilliseconds;
}

function perCollection({ milliseconds, cpuMilliseconds }: Measured): string {
  return `${milliseconds.toFixed(2)} ms and ${cpuMilliseconds.toFixed(2)} ms of CPU`;
}

/** At 2 kB nearly all is the SDK's. */
function smallAnswers({ ours, naiveWithManifest }: SizeResults): string {
  if (naiveWithManifest === undefined) return '';
  return `At 2 kB nearly all of it is the SDK's, once for each object stored: with a manifest stored as ours is, naive takes
${perCollection(naiveWithManifest)}, ours ${perCollection(ours)}.
`;
}

function goals(results: DecodeResults): string {
  const { ours, naiveWithManifest } = results['2kB'];
  const small = naiveWithManifest === undefined ? [] : [cpuRatio(ours, naiveWithManifest)];
  return markdownTable(
    ['goal', 'measured', 'at most', 'met'],
    [
      ...seriesGoals('', results),
      ...small.map((ratio) => ratioGoal("2 kB: CPU, of naive's with a manifest", ratio, 1)),
      ...seriesGoals('escaped, ', results.escaped),
    ],
  );
}

function seriesGoals(series: string, sizes: SeriesResults): string[][] {
  const growthMB = (contestant: 'ours' | 'naive', from: '10MB' | '50MB') =>
    `${(sizes['100MB'][contestant].peakRssMB - sizes[from][contestant].peakRssMB).toFixed(0)} MB`;
  const { ours, timeRatioToNaive } = sizes['100MB'];
  return [
    [
      `${series}100 MB: peak memory`,
      `${ours.peakRssMB.toFixed(0)} MB`,
      '200 MB',
      yesOrNo(ours.peakRssMB <= 200),
    ],
    [
      `${series}peak memory flat from 10 to 100 MB`,
      `${growthMB('ours', '10MB')} more, ${growthMB('ours', '50MB')} from 50 MB on (naive: ${growthMB('naive', '10MB')})`,
      '',
      'levels off',
    ],
    ratioGoal(`${series}100 MB: time, of naive's`, timeRatioToNaive, 0.65),
    ratioGoal(`${series}1 MB: time, of naive's`, sizes['1MB'].timeRatioToNaive, 1),
  ];
}

function ratioGoal(goal: string, measured: number, atMost: number): string[] {
  return [goal, measured.toFixed(2), atMost.toFixed(2), yesOrNo(measured <= atMost)];
}

function yesOrNo(isMet: boolean): string {
  return isMet ? 'yes' : 'no';
}

function limitTable({ limitMiB, setBy, ours, naive, streamJson }: DecodeResults['memoryLimit']): string {
  const rows = Object.entries({ ours, naive, 'stream-json': streamJson }).map(
    ([name, { stored, peakRssMB, milliseconds }]) => [
      name,
      stored ? 'stored' : 'ended without a document',
      milliseconds === null ? '' : milliseconds.toFixed(0),
      peakRssMB === null ? '' : peakRssMB.toFixed(0),
    ],
  );
  return `**Within ${limitMiB} MiB**, the deployed memory size, 100 MB plain, once. Limit set by ${setBy}; Node.js with \`--max-old-space-size\` and
\`--max-semi-space-size\` at 90 % and 5 % of it, as Lambda's runtimes have set them (alone they would bound V8's heap, not the buffers beside it). A control group counts more than the process: its page cache (the spool file's, too, which
the kernel takes back when it needs the room) and its socket buffers. What lives beside Node.js in a Lambda environment is not in it, nor is a Lambda's share of a CPU (a seventh at
this size): there, all take longer.

${markdownTable(['', 'ended', 'ms', 'peak MB'], rows)}`;
}
