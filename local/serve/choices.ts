import { settingChoices } from '../../cli/setting-choices.ts';
import { OPERATION_NAMES, OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import { resultTypesOf } from '../../functions/contracts/result-types.ts';
import { explainUnsupported } from '../aspose-simulator/supported-operations.ts';
import type { VendorChoice } from '../cli/vendor.ts';
import type { Choices } from './page-contract.ts';

/** Settings that the simulator checks and then ignores. */
const IGNORED_BY_SIMULATOR = ['makeSpellCheck', 'dsrMode', 'dsrConfidence'];

/** Settings that have a field of their own on the page. */
const OWN_FIELDS = ['language', 'resultType', 'resultTypeTable'];

/** Lists the operations that the vendor supports, each with what it takes. */
export function listChoices(vendor: VendorChoice['kind']): Choices {
  function isSupported(operation: OperationName, settings: { language?: string; resultType?: string }) {
    return vendor === 'service' || explainUnsupported(operation, settings) === undefined;
  }
  const hidden = vendor === 'service' ? OWN_FIELDS : [...OWN_FIELDS, ...IGNORED_BY_SIMULATOR];
  return {
    operations: OPERATION_NAMES.filter((name) => isSupported(name, {})).map((name) => {
      const choices = settingChoices(name);
      const languages = choices.flatMap((choice) =>
        choice.kind === 'choice' && choice.name === 'language' ? choice.values : [],
      );
      return {
        name,
        input: OPERATIONS[name].input,
        resultTypes: resultTypesOf(name).filter((resultType) => isSupported(name, { resultType })),
        languages: languages.filter((language) => isSupported(name, { language })),
        settings: choices.filter((setting) => !hidden.includes(setting.name)),
      };
    }),
  };
}
