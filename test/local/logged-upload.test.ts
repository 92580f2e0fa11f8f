import { expect, it } from 'vitest';
import { describeUpload, parseUpload } from '../../local/logged-upload.ts';

const uploaded = (fields: object) => JSON.stringify({ level: 'INFO', message: 'Uploaded', ...fields });

it.each([
  [{ observed: 'Accepted', taskId: 'whale' }, 'submitted as task whale'],
  [
    { observed: 'NotAccepted', detail: 'HTTP 503', nextUploadSeconds: 1.25 },
    'not submitted (NotAccepted): HTTP 503; next try in 1.3 s',
  ],
  [{ observed: 'Refused' }, 'not submitted (Refused)'],
])('describes %j in one line', (fields, line) => {
  const upload = parseUpload(uploaded(fields));

  expect(upload && describeUpload(upload)).toBe(line);
});

it.each(['{"message":"Polled"}', 'no JSON', uploaded({ observed: 'Lost' })])(
  'ignores the line %j',
  (line) => {
    expect(parseUpload(line)).toBeUndefined();
  },
);
