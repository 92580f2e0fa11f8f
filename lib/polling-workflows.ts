import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { FetchResultFunction, type FetchResultFunctionProps } from './fetch-result-function.ts';
import { PollingWorkflow } from './polling-workflow.ts';
import { SubmitImageFunction } from './submit-image-function.ts';

export interface PollingWorkflowsProps extends FetchResultFunctionProps {
  /** Receives the terminal events. */
  readonly bus: EventBus;
  /** Closes the task of an execution when a state fails. */
  readonly closeTask: IFunction;
  /** Maximum number of uploads of an image to Aspose. */
  readonly maxUploads: number;
}

/** The state machines for one task and for one image, and the functions that they share. */
export interface PollingWorkflows {
  readonly submitImage: SubmitImageFunction;
  readonly fetchResult: FetchResultFunction;
  readonly collectResult: StateMachine;
  readonly recognizeImage: StateMachine;
}

/** Creates the state machines for one task and for one image, with their functions. */
export function createPollingWorkflows(scope: Construct, props: PollingWorkflowsProps): PollingWorkflows {
  const { bus, closeTask, maxUploads, logRetention, removalPolicy, timeout: fetchTimeout } = props;
  const submitImage = new SubmitImageFunction(scope, 'SubmitImage', props);
  const fetchResult = new FetchResultFunction(scope, 'FetchResult', props);
  const states = { fetchResult, fetchTimeout, bus, closeTask, logRetention, removalPolicy };
  const collectResult = new PollingWorkflow(scope, 'CollectResult', states);
  const recognizeImage = new PollingWorkflow(scope, 'RecognizeImage', { ...states, submitImage, maxUploads });
  return {
    submitImage,
    fetchResult,
    collectResult: collectResult.stateMachine,
    recognizeImage: recognizeImage.stateMachine,
  };
}
