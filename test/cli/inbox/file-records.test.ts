import { expect, it } from 'vitest';
import { openFileRecords } from '../../../cli/inbox/file-records.ts';
import { mayPass } from '../../../cli/inbox/file-rules.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';

const record = {
  sha256: 'ab'.repeat(32),
  version: { bytes: 5, modifiedMs: 1_700_000_000_000.125, changedMs: 1_700_000_000_000.5 },
  outcome: 'Completed',
  request: 'RecognizeImage',
};

it('forgets at the next start what failed for a reason that may be over', async () => {
  const out = await temporaryDirectory();
  {
    using records = openFileRecords(out, '/in');
    records.put('outage.png', { ...record, outcome: 'Refused', mayPass: mayPass('UpstreamUnavailable') });
    records.put('text.png', { ...record, outcome: 'Refused', mayPass: mayPass('NotAnImage') });
    expect([...records.entries()]).toHaveLength(2);
  }

  for (const _ of ['first', 'second']) {
    using reopened = openFileRecords(out, '/in');
    expect([...reopened.entries()].map(([path]) => path)).toEqual(['text.png']);
  }
});

it('keeps what is put, and loses what is forgotten', async () => {
  const out = await temporaryDirectory();
  {
    using records = openFileRecords(out, '/in');
    records.put('über/a.png', record);
    records.put('b.png', record);
    records.put('b.png', { ...record, outcome: 'Failed' });
    records.put('c.png', record);
    records.forget('c.png');
    expect(records.get('c.png')).toBeUndefined();
  }

  using reopened = openFileRecords(out, '/in');

  expect(new Map(reopened.entries())).toEqual(
    new Map([
      ['über/a.png', record],
      ['b.png', { ...record, outcome: 'Failed' }],
    ]),
  );
});
