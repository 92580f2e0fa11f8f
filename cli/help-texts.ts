import { describeSettings } from './describe-settings.ts';

/** The texts after the options in the help of the commands. */

const API_ENVIRONMENT = `  OCR_COURIER_TOKEN     with --api, a token for an API that takes JSON Web Tokens
  AWS_*                 with --api and without a token, credentials and region, as for the AWS CLI.
                        Requests to this machine are not signed`;

const ASPOSE_ENVIRONMENT = `  ASPOSE_BASE_URL       without --api, an Aspose.OCR Cloud that replaces the simulator (https, or http
                        on loopback)
  ASPOSE_CLIENT_ID      the client id; with the secret but no URL, https://api.aspose.cloud is used
  ASPOSE_CLIENT_SECRET  the client secret
`;

const EXIT_STATUS = `Exit status: 0 on success, for which a task, or each item of a batch, must be Completed; 1 on any
other outcome; 2 on a usage error; 130 when Ctrl-C interrupts batch, list, show, cancel or download;`;

/** @param isLocal whether the commands also run without `--api` */
export function environmentHelp(isLocal: boolean): string {
  const end = isLocal
    ? 'of search, 0 with hits and 1 without;\n0 when Ctrl-C ends inbox, serve or simulator, but npm itself then ends by the signal (130).'
    : '0 when Ctrl-C ends inbox.';
  return `
Environment:
${isLocal ? ASPOSE_ENVIRONMENT : ''}${API_ENVIRONMENT}

${EXIT_STATUS}
${end}`;
}

/** @param isLocal whether the command also runs without `--api` */
export function recognizeHelp(isLocal: boolean): string {
  const local = `Without an Aspose account, a simulator recognizes images and PDF documents on this machine: English
text, and other languages whose Tesseract data is installed. `;
  return `
${describeSettings()}

${isLocal ? local : ''}Ctrl-C cancels the recognition.
`;
}

export const INBOX_HELP = `
The documents of DIR/a/b.png are in OUT/a/b.png/. After a restart, files that are done are not
recognized again. Ctrl-C waits for the files that are running; a second one ends at once.
`;

export const BATCH_HELP = `
LIST has one task id per line, or is JSON, JSON Lines or CSV by its ending (.json, .jsonl, .csv) or
by its first characters. The documents of a task are in OUT/TASK_ID/, and those of DIR/a/b.png in
OUT/a/b.png/. OUT also gets results.csv, results.jsonl, summary.json and, without --api, the state
of the batch. Ctrl-C prints the command that continues. See docs/use/batch.md.
`;

export const SEARCH_HELP = `
serve --data DIR keeps what it collects, and search finds it there, also while serve is running.
recognize, collect, inbox and batch do not: their documents are files below --out.

Each word must occur. "several words" is a phrase, and word* any ending; AND, OR, NOT and
parentheses combine them. Case and accents do not matter. Quote all of it for the shell: '"annual report"'.

Exit status: 0 with hits, 1 without, 2 on a usage error.
`;

export const LOCAL_EXAMPLES = `
Examples:
  npm start
  npm start -- recognize scan.png --result-type TextAndPdf --out result
  npm start -- recognize form.png --region 40,60,400,120 --region 40,140,400,200
  npm start --silent -- recognize scan.png --json > result.json
  npm start -- recognize scan.png --api https://a1b2c3.execute-api.eu-west-1.amazonaws.com
  npm start -- collect 6e6fa5c4-2b3c-4d58-a9a4-5ed4e5f3a3ce --polling '{"timeoutSeconds": 60}'
  npm start -- recognize letter.pdf --operation RecognizePdf --setting makeSkewCorrect=true
  npm start -- inbox scans --out documents
  npm start -- batch --images scans --out documents
  npm start -- batch task-ids.txt --concurrency 4 --csv results.csv
  npm start -- serve --port 8080 --data courier-data
  npm start -- search '"annual report" OR invoic*'
  npm start -- simulator --port 8081 --hold-get 60`;

export const PACKAGED_EXAMPLES = `
Examples:
  npx ocr-courier recognize scan.png --api https://a1b2c3.execute-api.eu-west-1.amazonaws.com
  npx ocr-courier list --status Failed --api https://a1b2c3.execute-api.eu-west-1.amazonaws.com
  npx ocr-courier batch --images scans --out documents --api https://ocr.example.com`;

export const NEXT_STEPS = `
Next:
  npm start -- recognize FILE   recognize your own image
  npm start -- serve            use the HTTP API and a page in your browser
  npm start -- --help           see all commands`;
