import { type Command, Option } from 'commander';
import { OPERATION_NAMES } from '../functions/contracts/operations.ts';
import { RESULT_TYPES, TABLE_RESULT_TYPES } from '../functions/contracts/result-types.ts';
import { InvalidInput } from '../functions/core/invalid-input.ts';
import { parseJson } from '../functions/core/parse-json.ts';

/** The options that several commands share. */

export const POLLING_HELP =
  'an object with any of preset (frugal, balanced, eager), timeoutSeconds, maxPolls, firstPollDelaySeconds, holdSeconds';

function parsePolling(json: string): unknown {
  const polling = parseJson(json);
  if (polling !== undefined) return polling;
  const got = `${json.length} characters that are not JSON`;
  throw new InvalidInput('polling', got, 'an object such as {"timeoutSeconds": 60}');
}

export const pollingOption = (description: string) =>
  new Option('--polling <json>', description).argParser(parsePolling);

const settingOption = () =>
  new Option('--setting <name=value>', 'a setting of the operation, by its Aspose name; repeatable')
    .argParser((setting: string, earlier: readonly string[]) => [...earlier, setting])
    .default([], 'none');

/** The options that choose what is done with an image. */
export const withRecognitionOptions = (command: Command) =>
  command
    .option('--operation <operation>', `${OPERATION_NAMES.join(', ')} (default: RecognizeImage)`)
    .option(
      '--result-type <type>',
      `${RESULT_TYPES.join(', ')}; for RecognizeTable: ${TABLE_RESULT_TYPES.join(', ')} (default: Text)`,
    )
    .option('--language <language>', 'language of the text, by its Aspose name (default: English)')
    .addOption(settingOption());

export const withOutputOptions = (command: Command) =>
  command
    .option(
      '--out <dir>',
      'directory of the documents and the manifest; replaces those of an earlier run, unless this one has none (default: out/<taskId>)',
    )
    .option('--verbose', 'also print the task record and the event')
    .option('--json', 'print one JSON document instead: { event, record, execution, documents }');

/** The options that name a deployed courier. */
export const withApiOptions = (command: Command, description = 'use the deployed courier') =>
  command
    .option('--api <url>', `${description} whose HTTP API has this address`)
    .option('--aws-region <region>', 'region of the API, if its address does not name it');

/**
 * The options before a command. They are those of the sample, which the package does not have. The
 * others are only known, so that an error can say where they belong.
 */
export function withRootOptions(root: Command, isLocal: boolean): Command {
  withApiOptions(withOutputOptions(root));
  const shown = isLocal ? ['out', 'verbose', 'json'] : [];
  for (const option of root.options) option.hideHelp(!shown.includes(option.attributeName()));
  return root;
}

/**
 * Rejects the empty value of an unset shell variable. As a path, it would mean the current
 * directory.
 *
 * @throws InvalidInput naming the option
 */
export function refuseEmptyValues(command: Command): void {
  for (const [name, value] of Object.entries(command.opts())) {
    if (value === '') throw new InvalidInput(name, 'an empty value', 'a value, or no such option');
  }
  const { api, awsRegion } = command.opts();
  if (api === undefined && awsRegion !== undefined) {
    throw new InvalidInput('awsRegion', 'a value without --api', 'only with --api');
  }
}
