import type { Duration } from 'aws-cdk-lib';
import { Archive, EventBus, type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { OUTCOMES, type Outcome } from '../functions/contracts/outcomes.ts';
import { EVENT_SOURCE } from '../functions/contracts/task-event.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { EventSchemas } from './event-schemas.ts';

export interface CompletionEventsProps {
  /** How long the archive keeps terminal events. */
  readonly eventRetention: Duration;
}

/** The bus for terminal events, and the way an execution's abnormal end takes to it. */
export class CompletionEvents extends Construct {
  readonly bus: EventBus;
  /** Ends of executions that `close-task` could not close. */
  readonly unclosedTasks: DeadLetterQueue;

  constructor(scope: Construct, id: string, { eventRetention }: CompletionEventsProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { description: 'Events of OCR tasks' });
    // Not what starts collections: replayed, it would start none, as it was answered when it came first.
    new Archive(this, 'Archive', {
      sourceEventBus: this.bus,
      description: 'Terminal events of OCR tasks',
      eventPattern: { source: [EVENT_SOURCE] },
      retention: eventRetention,
    });
    new EventSchemas(this, 'Schemas');
    this.unclosedTasks = new DeadLetterQueue(this, 'UnclosedTasks');
  }

  /** A rule for the terminal events of these outcomes. */
  onOutcome(scope: Construct, id: string, outcomes: readonly Outcome[], options: OnEventOptions): Rule {
    const { target, crossStackScope, ...ruleProps } = options;
    const rule = new Rule(crossStackScope ?? scope, id, { ...ruleProps, eventBus: this.bus });
    rule.addEventPattern({
      source: [EVENT_SOURCE],
      detailType: outcomes.map((outcome) => OUTCOMES[outcome].detailType),
    });
    rule.addTarget(target);
    return rule;
  }

  /** Runs `closeTask` for every execution that fails, times out or is stopped. */
  closeAbnormalEnds(stateMachine: IStateMachine, closeTask: IFunction): void {
    new Rule(this, 'AbnormalEnds', {
      description: 'An execution failed, timed out or was stopped: its task may still be open',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [stateMachine.stateMachineArn],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [new LambdaFunction(closeTask, { deadLetterQueue: this.unclosedTasks })],
    });
  }
}
