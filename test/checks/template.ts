import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import validateDefinition from 'asl-validator';
import { z } from 'zod';
import { readAssembly } from '../../local/embedded-aws/assembly.ts';
import { readTemplate } from '../../local/embedded-aws/template.ts';
import { CACHE } from '../support/project-paths.ts';
import { CheckError, pythonTool, runTool } from './run-tool.ts';

/** Each optional resource and property occurs in one of these, and not in the other. */
const CONFIGURATIONS = {
  defaults: {},
  everything: {
    asposeBaseUrl: 'https://ocr.example.org',
    credentialsSecretName: 'aspose/credentials',
    polling: { preset: 'frugal', maxPolls: 40 },
    fetchTimeoutSeconds: 500,
    reservedConcurrency: 200,
    reservedChunkConcurrency: 50,
    maxUploads: 5,
    sourceBucketNames: ['scans', 'archive'],
    maxAnswerMebibytes: 64,
    submissionBusName: 'documents',
    submissionSources: ['com.example.scanner'],
    encryptionKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    documentRetentionDays: 7,
    eventRetentionDays: 90,
    logRetentionDays: 14,
    api: {
      jwtAuthorizer: { issuer: 'https://issuer.example', audience: ['ocr'] },
      throttling: { requestsPerSecond: 5, burst: 10 },
      corsOrigins: ['https://ocr.example'],
      maxWaitingRequests: 5,
      cancelAtVendor: true,
    },
    monitoring: {
      alarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms',
      timeToResultMinutes: 5,
      batchFailurePercentage: 20,
      runbookUrl: 'https://wiki.example.org/ocr',
    },
    removalPolicy: 'destroy',
  },
} as const;

/** Disabled rules of cfn-lint, with reasons. */
const IGNORED_RULES = {
  W3005: 'CDK adds a DependsOn for the policies of a role in addition to the reference to the role',
} as const;

const definitionSchema = z.object({ DefinitionString: z.string() });
const stateMachineSchema = z.looseObject({
  States: z.record(z.string(), z.looseObject({ Type: z.string() })),
});
const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Properties: z.looseObject({}).optional() })),
});

/**
 * Checks the template with cfn-lint and the state machines with asl-validator. cfn-lint ignores
 * the content of Fn::Join, so it receives the state machine's definition as one string.
 */
export async function checkTemplate(): Promise<void> {
  const cfnLint = await pythonTool('cfn-lint');
  for (const [name, configuration] of Object.entries(CONFIGURATIONS)) {
    const directory = join(CACHE, 'checked-templates', name);
    await rm(directory, { recursive: true, force: true });
    const context = `ocr-courier=${JSON.stringify(configuration)}`;
    await runTool('cdk', ['synth', '--quiet', '--no-notices', '--output', directory, '--context', context]);
    const file = join(directory, 'joined.template.json');
    await writeFile(file, JSON.stringify(await withDefinitionsJoined(directory), null, 2));
    // Errors are always included; W adds warnings, I adds information.
    const args = ['--include-checks', 'W', 'I', '--ignore-checks', ...Object.keys(IGNORED_RULES)];
    await runTool(cfnLint, ['--template', file, ...args]);
    console.log(`cfn-lint and asl-validator accept the stack with ${name}.`);
  }
}

/** @throws CheckError for a state machine that asl-validator rejects */
async function withDefinitionsJoined(directory: string): Promise<object> {
  const assembly = await readAssembly(directory);
  const { Resources: resources, ...rest } = templateSchema.parse(assembly.template);
  const resolved = readTemplate(assembly.template, assembly.stackName, {
    queueUrl: (queue) => `https://sqs.us-east-1.amazonaws.com/000000000000/${queue}`,
    apiEndpoint: 'https://abcdefghij.execute-api.us-east-1.amazonaws.com',
  });
  const machines = resolved.resources('AWS::StepFunctions::StateMachine');
  if (machines.length === 0) throw new CheckError('The stack has no state machine.');
  const joined = machines.map((machine) => {
    const { DefinitionString } = resolved.read(machine, definitionSchema);
    const definition = stateMachineSchema.parse(JSON.parse(DefinitionString));
    // asl-validator adds defaults to the object that it validates.
    const { isValid, errors } = validateDefinition(structuredClone(definition));
    if (!isValid) throw new CheckError(`${machine.logicalId}: ${JSON.stringify(errors, null, 2)}`);
    const resource = resources[machine.logicalId];
    return [
      machine.logicalId,
      {
        ...resource,
        Properties: {
          ...resource?.Properties,
          DefinitionString: JSON.stringify(withoutSucceedOutputPaths(definition)),
        },
      },
    ] as const;
  });
  return { ...rest, Resources: { ...resources, ...Object.fromEntries(joined) } };
}

/** cfn-lint rejects OutputPath in a Succeed state, which the States Language allows. */
function withoutSucceedOutputPaths(definition: z.infer<typeof stateMachineSchema>): object {
  const states = Object.entries(definition.States).map(([id, state]) => {
    const { OutputPath: _, ...known } = state;
    if (state.Type === 'Succeed') return [id, known];
    const child = stateMachineSchema.safeParse(state['ItemProcessor']);
    return [id, child.success ? { ...state, ItemProcessor: withoutSucceedOutputPaths(child.data) } : state];
  });
  return { ...definition, States: Object.fromEntries(states) };
}
