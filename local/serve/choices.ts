import { OPERATION_NAMES, OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import { resultTypesOf } from '../../functions/contracts/result-types.ts';
import { explainUnsupported } from '../aspose-simulator/supported-operations.ts';
import type { VendorChoice } from '../cli/vendor.ts';
import type { Choices } from './page-contract.ts';

/** Lists the operations on images that the vendor supports, each with its result types. */
export function listChoices(vendor: VendorChoice['kind']): Choices {
  function isSupported(operation: OperationName, resultType = 'Text'): boolean {
    return vendor === 'service' || explainUnsupported(operation, { resultType }) === undefined;
  }
  const names = OPERATION_NAMES.filter((name) => OPERATIONS[name].input === 'image' && isSupported(name));
  return {
    operations: names.map((name) => ({
      name,
      resultTypes: resultTypesOf(name).filter((resultType) => isSupported(name, resultType)),
    })),
  };
}
