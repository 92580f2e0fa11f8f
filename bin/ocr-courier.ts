import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { OcrCourierStack } from '../lib/ocr-courier-stack.ts';

const app = new App();
new OcrCourierStack(app, 'OcrCourier', {
  description: 'Collects the results of Aspose.OCR Cloud tasks',
  configuration: app.node.tryGetContext('ocr-courier'),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
