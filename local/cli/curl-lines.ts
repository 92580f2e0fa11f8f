import { type OperationId, TASK_API_ROUTES } from '../../functions/contracts/http-api.ts';

/** What follows the route's URL, or comes before it. */
const DETAILS: Readonly<Record<OperationId, { readonly options?: string; readonly query?: string }>> = {
  startCollection: {
    options: `-X POST -H 'content-type: application/json' -d '{"taskId": "TASK_ID", "operation": "RecognizeImage"}'`,
  },
  listTasks: { query: '?limit=20' },
  readTask: {},
  cancelTask: { options: '-X DELETE' },
  readResults: {},
  readDocument: { options: '-L' },
  describeApi: {},
};

/** A line for the shell for each route: one that submits an image, and those of the HTTP API. */
export function curlLines(url: string): string[] {
  return [
    `curl -s --data-binary @local/samples/letter.png '${url}/local/recognize?operation=RecognizeImage&resultType=Text'`,
    ...TASK_API_ROUTES.map(({ operationId, path }) => {
      const { options, query = '' } = DETAILS[operationId];
      const address = `'${url}${path.replace('{taskId}', 'TASK_ID').replace('{index}', '0')}${query}'`;
      return ['curl -s', ...(options === undefined ? [] : [options]), address].join(' ');
    }),
  ];
}
