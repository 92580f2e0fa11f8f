import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { InvalidInput } from '../functions/core/invalid-input.ts';
import { OcrCourierStack } from '../lib/ocr-courier-stack.ts';

const app = new App();
try {
  new OcrCourierStack(app, 'OcrCourier', {
    description: 'Collects the results of Aspose.OCR Cloud tasks',
    configuration: app.node.tryGetContext('ocr-courier'),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
} catch (error) {
  // A configuration mistake is an InvalidInput. Any other error is a defect.
  if (!(error instanceof InvalidInput)) throw error;
  process.stderr.write(`ocr-courier: ${error.message}\n`);
  process.exitCode = 1;
}
