import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { ACCOUNT_ID, REGION } from './aws-account.ts';
import { type AwsOperation, awsOperation } from './aws-endpoint.ts';
import type { EventMatcher } from './event-pattern.ts';

/** An event as EventBridge delivers it. */
export interface EventBridgeEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** The part of an event that its sender chooses. */
export type EventContent = Pick<EventBridgeEvent, 'source' | 'detail-type' | 'resources' | 'detail'>;

/** Delivers an event. Rejects on a fault of the embedded AWS, not of the target. */
export type EventTarget = (event: EventBridgeEvent) => Promise<void>;

/** A rule of a bus. */
export interface EventRule {
  readonly busName: string;
  readonly matches: EventMatcher;
  readonly targets: readonly EventTarget[];
}

/** An entry of PutEvents. */
export const putEventsEntrySchema = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  /** JSON of an object. */
  Detail: z.string().optional(),
  /** A name or an ARN. @default - the default bus */
  EventBusName: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  /** Seconds since the epoch. */
  Time: z.number().optional(),
});
export type PutEventsEntry = z.infer<typeof putEventsEntrySchema>;

export type PutEventsResultEntry =
  | { readonly EventId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

export interface PutEventsResult {
  readonly FailedEntryCount: number;
  readonly Entries: readonly PutEventsResultEntry[];
}

export type EventListener = (event: EventBridgeEvent, busName: string) => void;

/** The event buses of the stack, and the default bus. */
export interface EventBuses {
  addRules(rules: readonly EventRule[]): void;
  /** Does what PutEvents does. Entries fail independently. */
  putEvents(entries: readonly PutEventsEntry[]): PutEventsResult;
  /** Puts an event on the default bus, as AWS services do. Resolves after all deliveries. */
  putServiceEvent(event: EventContent): Promise<void>;
  /** @returns a function that removes the listener */
  onEvent(listener: EventListener): () => void;
  /** Removes rules and listeners. Later events have no effect. */
  close(): void;
}

export interface EventBusesOptions {
  readonly clock: Clock;
  /** Names of the stack's buses. */
  readonly busNames: readonly string[];
  /** Receives every delivery. */
  readonly onDelivery: (delivery: Promise<void>) => void;
  readonly refuseEvents?: RefuseEvents | undefined;
}

/**
 * Responds to PutEvents instead of the buses, to test what happens when they refuse an event. The
 * buses respond when it returns undefined.
 *
 * @throws AwsError when the whole call fails
 */
export type RefuseEvents = (entries: readonly PutEventsEntry[]) => PutEventsResult | undefined;

/** Finds out why an entry fails, in EventBridge's codes. */
function entryFault(entry: PutEventsEntry, busNames: ReadonlySet<string>): PutEventsResultEntry | undefined {
  const fault = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  const { Source, DetailType, Detail, EventBusName = 'default' } = entry;
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (value === undefined || value === '') {
      const reason = `${name} is a required argument.`;
      return fault('InvalidArgument', `Parameter ${name} is not valid. Reason: ${reason}`);
    }
  }
  if (Source?.startsWith('aws.') === true) {
    return fault('NotAuthorizedForSourceException', `Not authorized for the source ${Source}.`);
  }
  if (!busNames.has(busNameOf(EventBusName))) {
    return fault('ResourceNotFoundException', `Event bus ${EventBusName} does not exist.`);
  }
  if (!isJsonObject(Detail ?? '')) return fault('MalformedDetail', 'Detail is malformed.');
  return undefined;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Returns the name of a bus that is given by name or ARN. */
export const busNameOf = (nameOrArn: string): string => nameOrArn.replace(/^arn:.*:event-bus\//, '');

export function createEventBuses(options: EventBusesOptions): EventBuses {
  const { clock, onDelivery, refuseEvents } = options;
  const busNames = new Set(['default', ...options.busNames]);
  const rules: EventRule[] = [];
  const listeners = new Set<EventListener>();

  function put(busName: string, time: number, content: EventContent) {
    const event = eventWith(content, time);
    for (const listener of listeners) listener(event, busName);
    const matching = rules.filter((rule) => rule.busName === busName && rule.matches(event));
    const deliveries = matching.flatMap(({ targets }) => targets.map((deliver) => deliver(event)));
    deliveries.forEach(onDelivery);
    return { id: event.id, deliveries };
  }

  function putEntry(entry: PutEventsEntry): PutEventsResultEntry {
    const fault = entryFault(entry, busNames);
    if (fault !== undefined) return fault;
    const { Source = '', DetailType = '', Detail = '', EventBusName = 'default', Resources = [] } = entry;
    const time = entry.Time === undefined ? clock.now() : entry.Time * 1000;
    const { id } = put(busNameOf(EventBusName), time, {
      source: Source,
      'detail-type': DetailType,
      resources: Resources,
      detail: JSON.parse(Detail),
    });
    return { EventId: id };
  }

  return {
    addRules: (added) => void rules.push(...added),
    putEvents(entries) {
      const refusal = refuseEvents?.(entries);
      if (refusal !== undefined) return refusal;
      const results = entries.map(putEntry);
      return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
    },
    async putServiceEvent(event) {
      await Promise.allSettled(put('default', clock.now(), event).deliveries);
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      rules.length = 0;
      listeners.clear();
    },
  };
}

/** The event that EventBridge sends for a schedule. */
export function scheduledEvent(ruleArn: string, time: number): EventBridgeEvent {
  return eventWith(
    { source: 'aws.events', 'detail-type': 'Scheduled Event', resources: [ruleArn], detail: {} },
    time,
  );
}

function eventWith(content: EventContent, time: number): EventBridgeEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': content['detail-type'],
    source: content.source,
    account: ACCOUNT_ID,
    time: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: REGION,
    resources: content.resources,
    detail: content.detail,
  };
}

/** PutEvents, as the AWS SDKs call it. */
export function eventBridgeOperations(buses: EventBuses): readonly AwsOperation[] {
  const parameters = z.object({ Entries: z.array(putEventsEntrySchema).min(1).max(10) });
  return [awsOperation('AWSEvents.PutEvents', parameters, ({ Entries }) => buses.putEvents(Entries))];
}
