import * as z from 'zod';
import { propertiesOf, synthesize } from '../support/synthesis.ts';

const stateSchema = z.looseObject({
  Type: z.enum(['Task', 'Choice', 'Wait', 'Fail', 'Succeed']),
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

export const template = synthesize();
export const machine = propertiesOf(template, 'AWS::StepFunctions::StateMachine');
export const definitionText = z.string().parse(machine['DefinitionString']);
export const definition = definitionSchema.parse(JSON.parse(definitionText));
