import * as z from 'zod';
import { propertiesOf, synthesize } from '../support/synthesis.ts';

const stateSchema = z.looseObject({
  Type: z.enum(['Task', 'Choice', 'Wait', 'Pass', 'Map', 'Fail', 'Succeed']),
  Next: z.string().optional(),
  End: z.boolean().optional(),
  Choices: z.array(z.looseObject({ Next: z.string() })).optional(),
  Catch: z.array(z.looseObject({ Next: z.string() })).optional(),
  Default: z.string().optional(),
  TimeoutSeconds: z.number().optional(),
});
const definitionSchema = z.looseObject({
  StartAt: z.string(),
  TimeoutSeconds: z.number(),
  States: z.record(z.string(), stateSchema),
});

const chunkSchema = definitionSchema.omit({ TimeoutSeconds: true });

/** Returns one state machine of a stack: its properties and its definition. */
export function stateMachineOf(id: 'CollectResult' | 'RecognizeImage' | 'CollectBatch', from = template) {
  const properties = propertiesOf(from, 'AWS::StepFunctions::StateMachine', id);
  const text = z.string().parse(properties['DefinitionString']);
  return { properties, text, definition: definitionSchema.parse(JSON.parse(text)) };
}

export const template = synthesize();
export const collectResult = stateMachineOf('CollectResult');
export const recognizeImage = stateMachineOf('RecognizeImage');
export const collectBatch = stateMachineOf('CollectBatch');
/** The states of the child executions of `Collect batch`. */
export const collectChunk = chunkSchema.parse(collectBatch.definition.States['Chunks']?.['ItemProcessor']);
