import { OPERATION_NAMES, OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import { RESULT_TYPES, type ResultType, TABLE_RESULT_TYPES } from '../aspose-simulator/submission.ts';
import { explainUnsupported } from '../aspose-simulator/supported-operations.ts';
import type { VendorChoice } from '../cli/vendor.ts';
import type { Choices } from './page-contract.ts';

/** The operations on images with their result types, as far as the vendor serves them. */
export function choicesOf(vendor: VendorChoice['kind']): Choices {
  function isSupported(operation: OperationName, resultType: ResultType = 'Text'): boolean {
    return vendor === 'service' || explainUnsupported(operation, { resultType }) === undefined;
  }
  const names = OPERATION_NAMES.filter((name) => OPERATIONS[name].input === 'image' && isSupported(name));
  return {
    operations: names.map((name) => ({
      name,
      resultTypes:
        name === 'RecognizeTable'
          ? [...TABLE_RESULT_TYPES]
          : RESULT_TYPES.filter((resultType) => isSupported(name, resultType)),
    })),
  };
}
