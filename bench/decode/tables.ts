import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import type { DecodeResults, SeriesResults, SizeResults } from './decode.ts';

const SHOWN_SIZES = ['2kB', '1MB', '100MB'] as const;

/** Time, CPU time and peak memory by size and contestant. */
export function sizeTable(results: DecodeResults): string {
  const row = (label: string, { ours, naive, streamJson }: SizeResults) => {
    const contestants = [ours, naive, streamJson];
    return [
      label,
      ...contestants.map(({ milliseconds }) => milliseconds.toFixed(milliseconds < 10 ? 1 : 0)),
      (ours.cpuMilliseconds / naive.cpuMilliseconds).toFixed(2),
      ...contestants.map(({ peakRssMB }) => peakRssMB.toFixed(0)),
    ];
  };
  return markdownTable(
    ['', 'ms', 'naive', 'stream-json', 'CPU by naive', 'peak MB', 'naive', 'stream-json'],
    [...SHOWN_SIZES.map((size) => row(size, results[size])), row('escaped 100MB', results.escaped['100MB'])],
  );
}

/** Every goal with its figures. */
export function goalTable(results: DecodeResults): string {
  const row = (name: string, goal: string, cell: (series: SeriesResults) => string) => [
    name,
    goal,
    cell(results),
    cell(results.escaped),
  ];
  const growthFrom = (size: '10MB' | '50MB') => (series: SeriesResults) =>
    (series['100MB'].ours.peakRssMB - series[size].ours.peakRssMB).toFixed(0);
  const cpuWithManifest = ({ ours, naiveWithManifest }: SizeResults) =>
    naiveWithManifest === undefined
      ? ''
      : (ours.cpuMilliseconds / naiveWithManifest.cpuMilliseconds).toFixed(2);
  return markdownTable(
    ['', 'goal', 'plain', 'escaped'],
    [
      row('100MB: time by naive', '0.65', (series) => series['100MB'].timeRatioToNaive.toFixed(2)),
      row('1MB: time by naive', '1.00', (series) => series['1MB'].timeRatioToNaive.toFixed(2)),
      ['2kB: CPU by naive with manifest', '1.00', cpuWithManifest(results['2kB']), ''],
      row('100MB: peak MB', '200', (series) => series['100MB'].ours.peakRssMB.toFixed(0)),
      row('10 to 100MB: more MB', 'flat', growthFrom('10MB')),
      row('50 to 100MB: more MB', 'flat', growthFrom('50MB')),
    ],
  );
}

/** 100 MB within the memory of the deployed function. */
export function limitTable({ memoryLimit }: DecodeResults): string {
  const { limitMiB, ours, naive, streamJson } = memoryLimit;
  return markdownTable(
    [`${limitMiB} MiB`, 'stored', 'ms', 'peak MB'],
    Object.entries({ ours, naive, 'stream-json': streamJson }).map(
      ([name, { stored, milliseconds, peakRssMB }]) => [
        name,
        stored ? 'yes' : 'no',
        milliseconds?.toFixed(0) ?? '',
        peakRssMB?.toFixed(0) ?? '',
      ],
    ),
  );
}
