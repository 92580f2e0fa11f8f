import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ACCOUNT_ID, REGION } from './aws-account.ts';
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

/** A rule of a bus. */
export interface EventRule {
  readonly busName: string;
  readonly matches: EventMatcher;
  /** Each delivers an event; a rejection is an error of the embedded AWS, not of the target. */
  readonly targets: readonly ((event: EventBridgeEvent) => Promise<void>)[];
}

/** An entry of `PutEvents`. */
export interface PutEventsEntry {
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  /** JSON text of an object. */
  readonly Detail?: string | undefined;
  /** Name or ARN; the default bus without it. */
  readonly EventBusName?: string | undefined;
  readonly Resources?: readonly string[] | undefined;
  /** Epoch seconds. */
  readonly Time?: number | undefined;
}

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
  /** What `PutEvents` does; entries fail one by one. */
  putEvents(entries: readonly PutEventsEntry[]): PutEventsResult;
  /** Puts an event of an AWS service on the default bus. @returns resolves when it has been delivered, or lost */
  putServiceEvent(
    event: Pick<EventBridgeEvent, 'source' | 'detail-type' | 'resources' | 'detail'>,
  ): Promise<void>;
  /** @returns a function that ends the listening. */
  onEvent(listener: EventListener): () => void;
  /** Ends the deliveries; what is put from then on goes nowhere. */
  close(): void;
}

export interface EventBusesOptions {
  readonly clock: Clock;
  /** Names of the stack's buses. */
  readonly busNames: readonly string[];
  /** Told of every delivery. */
  readonly onDelivery: (delivery: Promise<void>) => void;
  /** Answers in the place of the buses, unless it gives undefined; throws AwsError for the call as a whole. */
  readonly refuse?: RefuseEvents | undefined;
}

/** What stands before the buses to try out what happens when they do not take an event. */
export type RefuseEvents = (entries: readonly PutEventsEntry[]) => PutEventsResult | undefined;

/** Why an entry is not taken, in EventBridge's codes. */
function entryFault(entry: PutEventsEntry, busNames: ReadonlySet<string>): PutEventsResultEntry | undefined {
  const fault = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  const { Source, DetailType, Detail, EventBusName = 'default' } = entry;
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (value === undefined || value === '') {
      return fault(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      );
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

/** The name of a bus given by name or ARN. */
export const busNameOf = (nameOrArn: string): string => nameOrArn.replace(/^arn:.*:event-bus\//, '');

export function createEventBuses({ clock, busNames, onDelivery, refuse }: EventBusesOptions): EventBuses {
  const known = new Set(['default', ...busNames]);
  const rules: EventRule[] = [];
  const listeners = new Set<EventListener>();

  function put(busName: string, time: number, event: Parameters<EventBuses['putServiceEvent']>[0]) {
    const id = randomUUID();
    const deliveries: Promise<void>[] = [];
    const envelope: EventBridgeEvent = {
      version: '0',
      id,
      'detail-type': event['detail-type'],
      source: event.source,
      account: ACCOUNT_ID,
      time: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: REGION,
      resources: event.resources,
      detail: event.detail,
    };
    for (const listener of listeners) listener(envelope, busName);
    for (const rule of rules) {
      if (rule.busName !== busName || !rule.matches(envelope)) continue;
      deliveries.push(...rule.targets.map((deliver) => deliver(envelope)));
    }
    deliveries.forEach(onDelivery);
    return { id, deliveries };
  }

  return {
    addRules: (added) => void rules.push(...added),
    putEvents(entries) {
      const refusal = refuse?.(entries);
      if (refusal !== undefined) return refusal;
      const results = entries.map((entry): PutEventsResultEntry => {
        const fault = entryFault(entry, known);
        if (fault !== undefined) return fault;
        const {
          Source = '',
          DetailType = '',
          Detail = '',
          EventBusName = 'default',
          Resources = [],
          Time,
        } = entry;
        const time = Time === undefined ? clock.now() : Time * 1000;
        const detail: unknown = JSON.parse(Detail);
        return {
          EventId: put(busNameOf(EventBusName), time, {
            source: Source,
            'detail-type': DetailType,
            resources: Resources,
            detail,
          }).id,
        };
      });
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
